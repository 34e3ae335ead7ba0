import { describe, expect, it } from 'vitest';
import type { MessageEvent } from '../../../client/index.ts';
import { checkConversations, checkReceivedMessages } from '../../../tools/simulation/conversation-checks.ts';
import { ConversationLog } from '../../../tools/simulation/conversation-log.ts';
import { ReceivedMessages } from '../../../tools/simulation/received-messages.ts';

const ID = 'conversation-1';
const START = Date.parse('2026-01-05T08:00:00.000Z');
/** A message for each place, a minute apart. */
const told = (place: number) => ({
  ...{ conversationId: ID, place, author: 'alice', text: `alice tells ${place}` },
  createdAt: new Date(START + place * 60_000).toISOString(),
});

interface Shown {
  places: number[];
  unread?: number;
  strangerStatus?: number;
}

/** Alice and Bob have talked, and the API shows Bob this. */
const found = async ({ places, unread = 1, strangerStatus = 404 }: Shown): Promise<string[]> => {
  const conversations = new ConversationLog();
  for (const place of [1, 2]) conversations.addMessage(told(place), ['alice', 'bob']);
  conversations.read(ID, 'bob', 1);
  const reader = (name: string) => ({
    name,
    call: async (route: string) => {
      if (name === 'carol') return { status: route.endsWith('/messages') ? strangerStatus : 200, body: { items: [] } };
      const items = (name === 'alice' ? [1, 2] : places).map(told);
      if (route.endsWith('/messages')) return { status: 200, body: { items } };
      const own = name === 'alice' ? { readUpTo: 2, unread: 0 } : { readUpTo: 1, unread };
      return { status: 200, body: { items: [{ id: ID, lastMessage: { place: 2 }, ...own }] } };
    },
  });
  const findings = await checkConversations(conversations, ['alice', 'bob', 'carol'].map(reader));
  return findings.map(({ code }) => code);
};

describe('conversations', () => {
  it('are right when all is there for members, once, and for nobody else', async () => {
    expect(await found({ places: [1, 2] })).toEqual([]);
  });

  it.each<[string, Shown, string]>([
    ['a message is missing', { places: [1] }, 'conversation_lost'],
    ['a message is there twice', { places: [1, 2, 2] }, 'conversation_doubled'],
    ['there is a hole', { places: [2] }, 'conversation_places'],
    ['the unread are counted wrong', { places: [1, 2], unread: 2 }, 'conversation_unread'],
    ['a stranger is answered', { places: [1, 2], strangerStatus: 200 }, 'conversation_open'],
  ])('are wrong when %s', async (_name, shown, code) => {
    expect(await found(shown)).toContain(code);
  });

  it('are overheard by whoever gets a text that was sent to others', () => {
    const conversations = new ConversationLog();
    conversations.addText('alice tells x', ['alice', 'bob']);
    expect(conversations.overheard('bob', '{"text":"alice tells x"}')).toEqual([]);
    expect(conversations.overheard('carol', '{"text":"alice tells x"}')).toEqual(['alice tells x']);
  });
});

describe('somebody who has left a group', () => {
  const group = () => {
    const conversations = new ConversationLog();
    for (const place of [1, 2]) conversations.addMessage(told(place), ['alice', 'bob', 'carol']);
    conversations.leaving(ID, 'carol');
    return conversations;
  };

  it('may hear what is said until the leave is answered, and nothing after it', () => {
    const conversations = group();
    const audience = () => conversations.openTo('alice', ['bob', 'carol'])?.audience.toSorted();
    expect(audience()).toEqual(['alice', 'bob', 'carol']);
    conversations.hasLeft(ID, 'carol', START);
    expect(audience()).toEqual(['alice', 'bob']);
    expect(conversations.openTo('carol', ['alice', 'bob'])).toBeUndefined();
  });

  it('is pushed no message a minute after the answer', () => {
    const conversations = group();
    const frame = JSON.stringify({ type: 'messages', events: [{ conversationId: ID, place: 2 }] });
    const later = START + 60_001;
    expect(conversations.pushedAfterLeaving('carol', frame, later)).toEqual([]);
    conversations.hasLeft(ID, 'carol', START);
    expect(conversations.pushedAfterLeaving('carol', frame, START + 60_000)).toEqual([]);
    expect(conversations.pushedAfterLeaving('carol', frame, later)).toEqual([ID]);
    expect(conversations.pushedAfterLeaving('bob', frame, later)).toEqual([]);
  });

  it('can read on what was said before', async () => {
    const findings = async (places: number[]) => {
      const reader = (name: string) => ({
        name,
        call: async (route: string) => {
          const items = (name === 'carol' ? places : [1, 2]).map(told);
          if (route.endsWith('/messages')) return { status: 200, body: { items } };
          const own = { readUpTo: name === 'alice' ? 2 : 0, unread: name === 'alice' ? 0 : 2 };
          return { status: 200, body: { items: [{ id: ID, lastMessage: { place: 2 }, ...own }] } };
        },
      });
      return (await checkConversations(group(), ['alice', 'bob', 'carol'].map(reader))).map(({ code }) => code);
    };
    expect(await findings([1, 2])).toEqual([]);
    expect(await findings([1])).toEqual(['conversation_lost']);
  });
});

describe('a device that is connected', () => {
  const missed = (places: number[], { gapAt = 0, liveFrom = START, skewMs = 0 } = {}): string[] => {
    const conversations = new ConversationLog();
    for (const place of [1, 2, 3]) conversations.addMessage(told(place), ['alice', 'bob']);
    const heard = new ReceivedMessages();
    for (const place of places) heard.given({ conversationId: ID, place } as MessageEvent);
    if (gapAt) heard.gap(ID, START + gapAt * 60_000);
    const app = { isLive: true, liveFrom, receivedMessages: heard };
    const devices = [
      { person: 'bob', device: 'bob/0', app },
      { person: 'carol', device: 'carol/0', app: { ...app, receivedMessages: new ReceivedMessages() } },
    ];
    return checkReceivedMessages(conversations, devices, skewMs).map(({ code, detail }) => `${code} ${detail}`);
  };

  it('was given all messages since it connected', () => {
    expect(missed([1, 2, 3])).toEqual([]);
    expect(missed([2, 3], { liveFrom: START + 90_000 })).toEqual([]);
    expect(missed([2, 3], { skewMs: 40_000 })).toEqual([]);
  });

  it('or was told of a gap after the messages that it was not given', () => {
    expect(missed([3], { gapAt: 2.5 })).toEqual([]);
    expect(missed([], { gapAt: 2.5 })).toEqual([`conversation_missed bob/0 1: alice tells 3, place 3 of ${ID}`]);
  });

  it('is reported when it was neither given a message nor told of a gap', () => {
    expect(missed([1, 3])).toEqual([`conversation_missed bob/0 1: alice tells 2, place 2 of ${ID}`]);
  });
});
