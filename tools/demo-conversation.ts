import type { LiveClient, MessageEvent } from '../client/index.ts';
import { RunningStack } from '../local/run-stack.ts';
import { Api } from './support/api.ts';
import { waitFor } from './support/measure.ts';

const MEMBERS = ['alice', 'bob', 'carol'];
const OUTSIDER = 'mallory';
const SAID: [string, string][] = [
  ['alice', 'Shall we meet by the sea?'],
  ['bob', 'Yes! Помни имя своё.'],
  ['carol', '深い考えは静かに流れる。'],
  ['alice', 'Bring the family 👩‍👩‍👧‍👦'],
  ['bob', 'At seven?'],
];
const WAIT_MS = 15_000;

/** Three people write to each other, one of them leaves, and somebody else tries to listen. */
export const demoConversation = async (): Promise<void> => {
  process.stdout.write('Starting a stack of its own…\n');
  const running = await RunningStack.start();
  const clients: LiveClient[] = [];
  try {
    const users = new Map<string, Api>();
    for (const name of [...MEMBERS, OUTSIDER]) {
      const user = await Api.login(running.stack, name);
      await user.must('PUT', '/users/me', { name });
      users.set(name, user);
    }
    const as = (name: string): Api => users.get(name) as Api;
    const heard = new Map<string, MessageEvent[]>();
    for (const [name, user] of users) {
      const events: MessageEvent[] = [];
      heard.set(name, events);
      const client = user.listen();
      client.on('message', (event) => {
        events.push(event);
        process.stdout.write(
          `${' '.repeat(40)}→ ${name.padEnd(8)} #${event.place} ${event.message?.text ?? '(deleted)'}\n`,
        );
      });
      clients.push(client);
    }
    await waitFor('the listeners to connect', () => clients.every(({ state }) => state === 'live'), WAIT_MS);

    const others = MEMBERS.slice(1);
    const { body } = await as('alice').must('POST', '/conversations', {
      members: others,
      name: 'The sea',
      text: 'Hello',
    });
    const path = `/conversations/${body.conversation.id}`;
    for (const [author, text] of SAID) {
      process.stdout.write(`${author.padEnd(8)} ${text}\n`);
      await as(author).must('POST', `${path}/messages`, { text });
    }
    const all = SAID.length + 1;
    const hasAll = (name: string) => heard.get(name)?.length === all;
    await waitFor('every member to hear all of it', () => MEMBERS.every(hasAll), WAIT_MS);

    const inbox = await as('carol').must('GET', '/conversations');
    const [entry] = inbox.body.items;
    process.stdout.write(
      `\ncarol's inbox: "${entry.name}", ${entry.unread} unread, last: ${entry.lastMessage.preview}\n`,
    );
    await as('carol').must('PUT', `${path}/read`, { upTo: all });
    await as('carol').must('DELETE', `${path}/members/me`);
    process.stdout.write('carol    leaves\n');
    await as('bob').must('POST', `${path}/messages`, { text: 'Carol is gone.' });
    await waitFor('the others to hear it', () => heard.get('alice')?.length === all + 1, WAIT_MS);

    const { status } = await as(OUTSIDER).request('GET', `${path}/messages`);
    const places = MEMBERS.map((name) => heard.get(name)?.map(({ place }) => place));
    const isInOrder = places.every((own) => own?.every((place, at) => place === at + 1));
    const leaked = (heard.get(OUTSIDER)?.length ?? 0) + (heard.get('carol')?.length ?? 0) - all;
    process.stdout.write(
      `\n${places.flat().length} delivered · in order: ${isInOrder ? 'yes' : 'NO'} · ${leaked} leaked · an outsider gets ${status}\n`,
    );
    if (!isInOrder || leaked > 0 || status !== 404) process.exitCode = 1;
  } finally {
    for (const client of clients) client.close();
    await running.stop();
  }
};
