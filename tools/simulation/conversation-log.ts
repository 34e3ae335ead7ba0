import type { Answer, Caller } from './answer.ts';

/** A message as the API answers it. */
interface Message {
  conversationId: string;
  place: number;
  author: string;
  text: string;
  createdAt: string;
}

interface Conversation {
  members: string[];
  /** The messages that were answered 201, in their order. */
  messages: Message[];
  /** The place up to which each member has read. */
  readUpTo: Map<string, number>;
}

/** Matches the texts that `sendMessage` makes. */
const TEXTS = /\b\w+ tells [0-9a-z]+/g;

/** The conversations as their members know them: who may see each text, and how far each member has read. */
export class ConversationLog {
  readonly all = new Map<string, Conversation>();
  /** Who may see each text that was ever sent, answered or not. */
  readonly #audience = new Map<string, string[]>();

  /** The latest conversation of just these people. */
  idOf(members: string[]): string | undefined {
    const names = members.toSorted().join();
    return [...this.all].findLast(([, conversation]) => conversation.members.toSorted().join() === names)?.[0];
  }

  addText(text: string, members: string[]): void {
    this.#audience.set(text, members);
  }

  addMessage(message: Message, members: string[]): void {
    const conversation: Conversation = this.all.get(message.conversationId) ?? {
      members,
      messages: [],
      readUpTo: new Map(),
    };
    this.all.set(message.conversationId, conversation);
    conversation.messages.push(message);
    this.read(message.conversationId, message.author, message.place);
  }

  read(id: string, person: string, upTo: number): void {
    const readUpTo = this.all.get(id)?.readUpTo;
    readUpTo?.set(person, Math.max(upTo, readUpTo.get(person) ?? 0));
  }

  /** The private texts that this content has, though its receiver was not among those to whom they were sent. */
  overheard(person: string, content: string): string[] {
    if (!content.includes(' tells ')) return [];
    return [...new Set(content.match(TEXTS))].filter((text) => {
      const audience = this.#audience.get(text);
      return audience !== undefined && !audience.includes(person);
    });
  }
}

/** Sends a message to others: into the conversation that they have, or into a new one. */
export const sendMessage = async (
  person: Caller,
  conversations: ConversationLog,
  others: string[],
  random: () => number,
): Promise<void> => {
  const members = [person.name, ...others];
  const text = `${person.name} tells ${Math.floor(random() * 1e9).toString(36)}`;
  const headers = { 'idempotency-key': `conversation-${Math.floor(random() * 1e12).toString(36)}` };
  conversations.addText(text, members);
  const id = conversations.idOf(members);
  const answer = id
    ? await person.call('POST /conversations/{id}/messages', { params: { id }, body: { text }, headers })
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
