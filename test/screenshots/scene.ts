import type { Stack } from '../../local/stack.ts';
import { REPLIES, THOUGHTS } from '../../tools/people/words.ts';
import { Api } from '../../tools/support/api.ts';

/** Who looks at the pages. */
export const VIEWER = 'mira';

const AUTHORS = ['greta', 'tomoko', 'chidi', 'ines', 'yusuf', 'rosa'];

export interface Scene {
  /** Who posts while one looks. */
  author: Api;
  /** The thought with the most under it. */
  thread: string;
  conversation: string;
  /** A group that the viewer has left. */
  leftGroup: string;
}

const member = async (stack: Stack, name: string, bio = ''): Promise<Api> => {
  const person = await Api.login(stack, name);
  await person.must('PUT', '/users/me', { name: `${name[0]?.toUpperCase()}${name.slice(1)}`, bio });
  return person;
};

/** People with thoughts, replies, reactions and a conversation: the same each time. */
export const setScene = async (stack: Stack): Promise<Scene> => {
  const viewer = await member(stack, VIEWER, 'Reads more than she writes.');
  const people: Api[] = [];
  for (const name of AUTHORS)
    people.push(await member(stack, name, name === 'greta' ? 'Bread, books, and a slow garden.' : ''));
  for (const person of people.slice(0, 5)) {
    await viewer.follow(person.username);
    await person.follow('greta').catch(() => {});
  }
  const posted: { author: string; id: string }[] = [];
  for (const [at, text] of THOUGHTS.entries()) {
    const author = people[at % people.length] as Api;
    posted.push((await author.post(text)).body);
  }
  const loved = posted.at(-2) as { author: string; id: string };
  for (const [at, person] of people.entries()) {
    const kind = ['like', 'love', 'love', 'laugh', 'like', 'wow'][at];
    await person.must('PUT', `/users/${loved.author}/thoughts/${loved.id}/reaction`, { kind });
    const text = REPLIES[at] ?? 'Yes.';
    if (person.username !== loved.author)
      await person.post(text, { inReplyTo: { author: loved.author, id: loved.id } });
  }
  const greta = people[0] as Api;
  const { body } = await greta.must('POST', '/conversations', {
    members: [VIEWER],
    text: 'Are you coming on Sunday? There will be beans.',
  });
  const { id } = body.conversation;
  await viewer.must('POST', `/conversations/${id}/messages`, { text: 'Only if Klaus is at the table too.' });
  await greta.must('POST', `/conversations/${id}/messages`, { text: 'Klaus is rising as we speak.' });
  await greta.must('PUT', `/conversations/${id}/read`, { upTo: 3 });
  const group = ['tomoko', 'ines', VIEWER];
  await (people[4] as Api).must('POST', '/conversations', {
    members: group,
    name: 'The book club',
    text: 'Chapter four by Thursday?',
  });
  const left = await greta.must('POST', '/conversations', {
    members: ['rosa', VIEWER],
    name: 'Choir',
    text: 'Louder!',
  });
  await viewer.must('DELETE', `/conversations/${left.body.conversation.id}/members/me`);
  return {
    author: greta,
    thread: `/people/${loved.author}/thoughts/${loved.id}`,
    conversation: `/conversations/${id}`,
    leftGroup: `/conversations/${left.body.conversation.id}`,
  };
};
