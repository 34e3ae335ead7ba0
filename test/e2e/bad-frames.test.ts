import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { Api } from '../../tools/support/api.ts';
import { newUser } from '../support/people.ts';
import { RawSocket } from '../support/raw-socket.ts';

const stack = inject('stack');
const UNKNOWN_ID = '01900000-0000-7000-8000-000000000000';

const json = (frame: unknown): string => JSON.stringify(frame);

const FRAMES: [string, string, string][] = [
  ['is no JSON', 'hello', 'invalid_frame'],
  ['is empty', '', 'invalid_frame'],
  ['is white space', ' ', 'invalid_frame'],
  ['is a list', '[]', 'invalid_frame'],
  ['is null', 'null', 'invalid_frame'],
  ['is a text', '"ping"', 'invalid_frame'],
  ['is over 4 KB', json({ action: 'ping', id: 'x'.repeat(5_000) }), 'frame_too_large'],
  ['is over 4 KB in bytes only', json({ action: 'subscribe', channel: 'ж'.repeat(2_100) }), 'frame_too_large'],
  ['has no action', json({ channel: 'all' }), 'unknown_action'],
  ['has an unknown action', json({ action: 'dance' }), 'unknown_action'],
  ['has an action of every object', json({ action: 'constructor' }), 'unknown_action'],
  ['has an action that is no text', json({ action: ['ping'] }), 'unknown_action'],
  ["has the gateway's own route for an action", json({ action: '$default' }), 'unknown_action'],
  ['names no channel', json({ action: 'subscribe' }), 'invalid_request'],
  ['names a channel that is no text', json({ action: 'subscribe', channel: 7 }), 'invalid_request'],
  ['has an id that is no text', json({ action: 'ping', id: 7 }), 'invalid_request'],
  ['has an id of 101', json({ action: 'ping', id: 'x'.repeat(101) }), 'invalid_request'],
  ['names an unknown channel', json({ action: 'subscribe', channel: 'news' }), 'unknown_channel'],
  ['names an unknown kind of channel', json({ action: 'subscribe', channel: 'user:alice' }), 'unknown_channel'],
  ['names nobody', json({ action: 'subscribe', channel: 'author:' }), 'unknown_channel'],
  ['names a malformed author', json({ action: 'unsubscribe', channel: 'author:Not One' }), 'unknown_channel'],
  ['names an empty topic', json({ action: 'subscribe', channel: 'topic:#' }), 'unknown_channel'],
  ['resumes from nothing', json({ action: 'resume' }), 'invalid_request'],
  ['resumes from what is no id', json({ action: 'resume', since: 'yesterday' }), 'invalid_request'],
  ['resumes from a malformed version', json({ action: 'resume', since: `${UNKNOWN_ID}:x` }), 'invalid_request'],
  ['resumes at a malformed page', json({ action: 'resume', since: UNKNOWN_ID, page: '2' }), 'invalid_request'],
  ['resumes an unknown channel', json({ action: 'resume', since: UNKNOWN_ID, channel: 'news' }), 'unknown_channel'],
];

describe('A bad frame', () => {
  let alice: Api;

  beforeAll(async () => {
    alice = await newUser(stack, 'alice');
  });

  it.each(FRAMES)('that %s is answered with an error, and the connection goes on', async (_what, text, code) => {
    const socket = await RawSocket.open(stack, alice);
    expect(await socket.answerTo(text)).toMatchObject({ type: 'error', code, message: expect.any(String) });
    expect(await socket.answerTo(json({ action: 'ping', id: 'after' }))).toMatchObject({ type: 'pong', id: 'after' });
    expect(socket.closeCode).toBeUndefined();
  });

  it.each(['authorx', 'topicx'])('that names the channel "%s" subscribes to nothing', async (channel) => {
    const socket = await RawSocket.open(stack, alice);
    expect(await socket.request({ action: 'subscribe', channel })).toMatchObject({ code: 'unknown_channel' });
  });

  it('is answered with the id of the frame when the frame has one', async () => {
    const socket = await RawSocket.open(stack, alice);
    expect(await socket.request({ action: 'dance' })).toMatchObject({ type: 'error', code: 'unknown_action' });
    expect(await socket.request({ action: 'history' })).toMatchObject({ code: 'invalid_request' });
    expect(await socket.request({ action: 'subscribe', channel: 'news' })).toMatchObject({ code: 'unknown_channel' });
  });

  it('is the 101st subscription, which is accepted after one unsubscribe', async () => {
    const socket = await RawSocket.open(stack, alice);
    const subscribe = (topic: number | string) => socket.request({ action: 'subscribe', channel: `topic:t${topic}` });
    const answers = await Promise.all(Array.from({ length: 100 }, (_, topic) => subscribe(topic)));
    expect(answers.map(({ type }) => type)).toEqual(Array(100).fill('ack'));
    expect(await subscribe('more')).toMatchObject({ type: 'error', code: 'too_many_subscriptions' });
    // One that stands already is no further one.
    expect(await subscribe(7)).toMatchObject({ type: 'ack' });
    expect(await socket.request({ action: 'unsubscribe', channel: 'topic:t7' })).toMatchObject({ type: 'ack' });
    expect(await subscribe('more')).toMatchObject({ type: 'ack' });
    expect(await subscribe('even_more')).toMatchObject({ type: 'error', code: 'too_many_subscriptions' });
  });

  it('that unsubscribes from a channel without a subscription frees no subscription', async () => {
    const socket = await RawSocket.open(stack, alice);
    for (let time = 0; time < 3; time++) {
      const answer = await socket.request({ action: 'unsubscribe', channel: 'topic:never' });
      expect(answer).toMatchObject({ type: 'ack', action: 'unsubscribe' });
    }
    const subscribe = (topic: number) => socket.request({ action: 'subscribe', channel: `topic:n${topic}` });
    const answers = await Promise.all(Array.from({ length: 103 }, (_, topic) => subscribe(topic)));
    expect(answers.filter(({ type }) => type === 'ack')).toHaveLength(100);
  });

  it('is answered with an error while valid frames before and after it succeed', async () => {
    const socket = await RawSocket.open(stack, alice);
    const answers = await Promise.all([
      socket.request({ action: 'ping' }),
      socket.request({ action: 'dance' }),
      socket.request({ action: 'subscribe', channel: 'all' }),
      socket.request({ action: 'resume', since: UNKNOWN_ID }),
    ]);
    expect(answers.map(({ type }) => type)).toEqual(['pong', 'error', 'ack', 'events']);
  });
});
