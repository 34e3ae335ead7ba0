import type { Answer, Caller } from './answer.ts';

/** A message as the API answers it. */
interface Told {
  conversationId: string;
  place: number;
  author: string;
  text: string;
  createdAt: string;
}

interface Talk {
  members: string[];
  /** What was answered 201. */
  told: Told[];
  /** How far each member has said to have read. */
  readUpTo: Map<string, number>;
}

/** A text of `tell`. */
const TOLD = /\b\w+ tells [0-9a-z]+/g;

/** Conversations, as those know them who have them: who may see what, and how far everybody has read. */
export class Talks {
  readonly all = new Map<string, Talk>();
  /** Who may see each text that was ever sent, answered or not. */
  readonly #audience = new Map<string, string[]>();

  /** The latest conversation of just these people. */
  idOf(members: string[]): string | undefined {
    const names = members.toSorted().join();
    return [...this.all].findLast(([, talk]) => talk.members.toSorted().join() === names)?.[0];
  }

  sends(text: string, members: string[]): void {
    this.#audience.set(text, members);
  }

  told(message: Told, members: string[]): void {
    const talk: Talk = this.all.get(message.conversationId) ?? { members, told: [], readUpTo: new Map() };
    this.all.set(message.conversationId, talk);
    talk.told.push(message);
    this.read(message.conversationId, message.author, message.place);
  }

  read(id: string, person: string, upTo: number): void {
    const readUpTo = this.all.get(id)?.readUpTo;
    readUpTo?.set(person, Math.max(upTo, readUpTo.get(person) ?? 0));
  }

  /** The texts in this content that were sent to others. */
  overheard(person: string, content: string): string[] {
    if (!content.includes(' tells ')) return [];
    return [...new Set(content.match(TOLD))].filter((text) => {
      const audience = this.#audience.get(text);
      return audience !== undefined && !audience.includes(person);
    });
  }
}

/** Writes to others: into the conversation that they have, or a new one. */
export const tell = async (person: Caller, talks: Talks, others: string[], random: () => number): Promise<void> => {
  const members = [person.name, ...others];
  const text = `${person.name} tells ${Math.floor(random() * 1e9).toString(36)}`;
  const headers = { 'idempotency-key': `talk-${Math.floor(random() * 1e12).toString(36)}` };
  talks.sends(text, members);
  const id = talks.idOf(members);
  const answer = id
    ? await person.call('POST /conversations/{id}/messages', { params: { id }, body: { text }, headers })
    : await person.call('POST /conversations', {
        body: { members: others, ...(others.length > 1 && { name: 'some of us' }), text },
        headers,
      });
  if (answer?.status === 201) talks.told(messageOf(answer), members);
};

const messageOf = ({ body }: Answer): Told => (body as { message?: Told }).message ?? (body as Told);

/** Reads one of a person's conversations, and says so. */
export const readTalk = async (person: Caller, talks: Talks, pick: number): Promise<void> => {
  const own = [...talks.all].filter(([, { members }]) => members.includes(person.name));
  const [id, talk] = own[Math.floor(pick * own.length)] ?? [];
  const upTo = talk?.told.at(-1)?.place;
  if (!id || !upTo) return;
  const answer = await person.call('PUT /conversations/{id}/read', { params: { id }, body: { upTo } });
  if (answer?.status === 204) talks.read(id, person.name, upTo);
};
