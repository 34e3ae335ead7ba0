import type { Answer, Caller } from './answer.ts';
import type { ConversationLog, Message } from './conversation-log.ts';

/** Sends a message to others: into the conversation that they have, or into a new one. */
export const sendMessage = async (
  person: Caller,
  conversations: ConversationLog,
  others: string[],
  random: () => number,
): Promise<void> => {
  const members = [person.name, ...others];
  const open = conversations.openTo(person.name, others);
  const text = `${person.name} tells ${Math.floor(random() * 1e9).toString(36)}`;
  const headers = { 'idempotency-key': `conversation-${Math.floor(random() * 1e12).toString(36)}` };
  conversations.addText(text, open?.audience ?? members);
  const answer = open
    ? await person.call('POST /conversations/{id}/messages', { params: { id: open.id }, body: { text }, headers })
    : await person.call('POST /conversations', {
        body: { members: others, ...(others.length > 1 && { name: 'some of us' }), text },
        headers,
      });
  if (answer?.status === 201) conversations.addMessage(messageOf(answer), members);
};

const messageOf = ({ body }: Answer): Message => (body as { message?: Message }).message ?? (body as Message);

/** Marks one of a person's conversations as read. */
export const readConversation = async (person: Caller, conversations: ConversationLog, pick: number): Promise<void> => {
  const own = [...conversations.all].filter(([, { members }]) => members.includes(person.name));
  const [id, conversation] = own[Math.floor(pick * own.length)] ?? [];
  const upTo = conversation?.messages.at(-1)?.place;
  if (!id || !upTo) return;
  const answer = await person.call('PUT /conversations/{id}/read', { params: { id }, body: { upTo } });
  if (answer?.status === 204) conversations.read(id, person.name, upTo);
};

/** Leaves one of a person's groups. */
export const leaveGroup = async (
  person: Caller,
  { conversations, now }: { conversations: ConversationLog; now: () => number },
  pick: number,
): Promise<void> => {
  const groups = [...conversations.all].filter(
    ([, { everybody, members }]) => everybody.length > 2 && members.includes(person.name),
  );
  const [id] = groups[Math.floor(pick * groups.length)] ?? [];
  if (!id) return;
  conversations.leaving(id, person.name);
  const answer = await person.call('DELETE /conversations/{id}/members/me', { params: { id } });
  // 404: an earlier attempt was carried out, though it was not answered.
  if (answer?.status === 204 || answer?.status === 404) conversations.hasLeft(id, person.name, now());
};
