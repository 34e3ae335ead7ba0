import type { Api } from '../../tools/support/api.ts';

/** Begins a conversation with a first message. @returns its id */
export const begin = async (from: Api, others: Api[], more: object = {}): Promise<string> => {
  const members = others.map(({ username }) => username);
  return (await from.must('POST', '/conversations', { members, text: 'hello', ...more })).body.conversation.id;
};

export const messagesOf = (id: string): string => `/conversations/${id}/messages`;

export const say = async (from: Api, id: string, text: string) =>
  (await from.must('POST', messagesOf(id), { text })).body;

/** What one person can read of a conversation, newest first. */
export const textsFor = async (user: Api, id: string): Promise<string[]> =>
  (await user.must('GET', messagesOf(id))).body.items.map(({ text }: { text: string }) => text);

/** A conversation as it stands in a person's inbox. */
export const entryOf = async (user: Api, id: string) =>
  (await user.must('GET', '/conversations')).body.items.find((entry: { id: string }) => entry.id === id);

/** The status and the code of a refusal. */
export const codeOf = async (answer: ReturnType<Api['request']>) => {
  const { status, body } = await answer;
  return [status, body.code];
};
