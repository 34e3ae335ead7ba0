import pMap from 'p-map';
import { parseChannel } from '../connections/channel.ts';
import { errorFrame } from '../protocol/error-frame.ts';
import type { FrameErrorCode } from '../protocol/errors.ts';
import type { MessageEvent } from '../protocol/message-event.ts';
import type { FrameOfServer } from '../protocol/server-frames.ts';
import type { ThoughtEvent } from '../protocol/thought-event.ts';
import { PAGE_BYTES, type ReplayPage, type Resumer } from './resume.ts';

/** At most this many channels are read at once. */
const CHANNELS_AT_ONCE = 8;

type Part = FrameOfServer<'replay'>['parts'][number];
type Replayed = ThoughtEvent | MessageEvent;

export interface ReplayRequest {
  channel: string;
  since: string;
  page?: string | undefined;
}

interface Dependencies {
  resumer: Pick<Resumer, 'resume'>;
  /** Notes what went wrong, and says as much of it as a client may know. */
  failureOf: (error: unknown) => FrameErrorCode;
}

/**
 * A page of each channel, up to the size of one message, with each event once. Channels that do not fit are left out, and the
 * client asks for them again. A channel that fails does not fail the others.
 */
export const replayAll = async (
  { resumer, failureOf }: Dependencies,
  username: string,
  requests: ReplayRequest[],
): Promise<FrameOfServer<'replay'>> => {
  const events = new Map<string, Replayed>();
  const parts: Part[] = [];
  let bytes = 0;
  const read = async ({ channel: name, since, page }: ReplayRequest): Promise<[Part, Replayed[]]> => {
    const parsed = parseChannel(name);
    if (parsed.kind === 'unknown') return [failed(name, 'unknown_channel'), []];
    try {
      return partOf(name, await resumer.resume({ username, channel: parsed.channel, since, page }));
    } catch (error) {
      return [failed(name, failureOf(error)), []];
    }
  };
  for (let at = 0; at < requests.length; at += CHANNELS_AT_ONCE) {
    const some = requests.slice(at, at + CHANNELS_AT_ONCE);
    for (const [part, found] of await pMap(some, read, { concurrency: CHANNELS_AT_ONCE })) {
      const more = found.filter(({ id }) => !events.has(id)).reduce((sum, event) => sum + bytesOf(event), 0);
      if (parts.length > 0 && bytes + more > PAGE_BYTES) return replayFrame([...events.values()], parts);
      bytes += more;
      parts.push(part);
      for (const event of found) {
        events.set(event.id, { ...event, channels: [...(events.get(event.id)?.channels ?? []), ...event.channels] });
      }
    }
  }
  return replayFrame([...events.values()], parts);
};

const replayFrame = (all: Replayed[], parts: Part[]): FrameOfServer<'replay'> => {
  const messages = all.filter((event) => 'messageId' in event);
  const events = all.filter((event) => 'thoughtId' in event);
  return { type: 'replay', events, ...(messages.length > 0 && { messages }), parts };
};

const partOf = (channel: string, page: ReplayPage): [Part, Replayed[]] => {
  if (page.type === 'unknown') return [failed(channel, 'unknown_channel'), []];
  if (page.type === 'gap') return [{ channel, gap: true }, []];
  return [{ channel, ...(page.next !== undefined && { next: page.next }) }, page.events];
};

const failed = (channel: string, code: FrameErrorCode): Part => {
  const { message } = errorFrame(code);
  return { channel, error: { code, message } };
};

const bytesOf = (event: Replayed): number => Buffer.byteLength(JSON.stringify(event)) + 1;
