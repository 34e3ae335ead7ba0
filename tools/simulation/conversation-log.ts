/** A message as the API answers it. */
export interface Message {
  conversationId: string;
  place: number;
  author: string;
  text: string;
  createdAt: string;
}

interface Left {
  /** What was said before, and can be read on. */
  kept: Message[];
  /** When the answer said that the person has left, in milliseconds since 1970. */
  answeredAt?: number;
}

interface Conversation {
  /** Who is in it. Somebody who has asked to leave is not counted from then on. */
  members: string[];
  /** Who was ever in it. */
  everybody: string[];
  /** Those who have asked to leave. */
  left: Map<string, Left>;
  /** The messages that were answered 201, in their order. */
  messages: Message[];
  /** The place up to which each member has read. */
  readUpTo: Map<string, number>;
}

/** Milliseconds after the answer to a leave in which a message may still be pushed: as long as an invocation may last. */
const ON_ITS_WAY_MS = 60_000;

/** Matches the texts that `sendMessage` makes. */
const TEXTS = /\b\w+ tells [0-9a-z]+/g;

/** The conversations as their members know them: who may see each text, and how far each member has read. */
export class ConversationLog {
  readonly all = new Map<string, Conversation>();
  /** Who may see each text that was ever sent, answered or not. */
  readonly #audience = new Map<string, string[]>();

  /**
   * The latest conversation that began with just these people and that the writer has not left.
   * @returns its id, and who may see what is said now: also those whose leave is not answered yet
   */
  openTo(writer: string, others: string[]): { id: string; audience: string[] } | undefined {
    const names = [writer, ...others].toSorted().join();
    const [id, conversation] =
      [...this.all].findLast(
        ([, { everybody, members }]) => members.includes(writer) && everybody.toSorted().join() === names,
      ) ?? [];
    if (id === undefined || !conversation) return undefined;
    const leaving = [...conversation.left].flatMap(([name, { answeredAt }]) =>
      answeredAt === undefined ? [name] : [],
    );
    return { id, audience: [...conversation.members, ...leaving] };
  }

  addText(text: string, members: string[]): void {
    this.#audience.set(text, members);
  }

  addMessage(message: Message, members: string[]): void {
    const conversation: Conversation = this.all.get(message.conversationId) ?? {
      members,
      everybody: members,
      left: new Map(),
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

  /** Somebody asks to leave: until the answer comes, they may be in it or not. */
  leaving(id: string, person: string): void {
    const conversation = this.all.get(id);
    if (!conversation) return;
    conversation.members = conversation.members.filter((name) => name !== person);
    conversation.left.set(person, { kept: [...conversation.messages] });
  }

  hasLeft(id: string, person: string, answeredAt: number): void {
    const left = this.all.get(id)?.left.get(person);
    if (left) left.answeredAt = answeredAt;
  }

  /** The groups whose messages are pushed in this frame, though this person left them so long ago that none is on its way any more. */
  pushedAfterLeaving(person: string, frame: string, now: number): string[] {
    if (!frame.includes('"conversationId"')) return [];
    return [...this.all].flatMap(([id, { left }]) => {
      const { answeredAt = Number.POSITIVE_INFINITY } = left.get(person) ?? {};
      return now > answeredAt + ON_ITS_WAY_MS && frame.includes(`"conversationId":"${id}"`) ? [id] : [];
    });
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
