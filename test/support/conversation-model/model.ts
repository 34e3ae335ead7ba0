/** What one message says, as a plain list knows it. */
interface ModelMessage {
  place: number;
  author: string;
  text: string;
  isDeleted: boolean;
}

/** One change as it was committed: the whole of what the model is told. */
export type Committed =
  | { kind: 'message'; seq: number; place: number; author: string; text: string; isDeleted: boolean }
  | { kind: 'members'; members: string[] };

/** A conversation in plain lists: nothing is numbered, raised or counted. */
export class ConversationModel {
  readonly messages: ModelMessage[] = [];
  seq = 0;
  members: string[] = [];
  /** For each person who is or was in it: what they have heard said, and whether they are gone. */
  readonly #from = new Map<string, number>();
  readonly #until = new Map<string, { place: number; changed: Set<number> }>();
  readonly #read = new Map<string, number>();

  apply(change: Committed): void {
    if (change.kind === 'members') {
      this.#setMembers(change.members);
      return;
    }
    this.seq++;
    if (change.seq !== this.seq) throw new Error(`Number ${change.seq} came after ${this.seq - 1}`);
    const { place, author, text, isDeleted } = change;
    const known = this.messages[place - 1];
    if (!known && place !== this.messages.length + 1) throw new Error(`Place ${place} came too early`);
    this.messages[place - 1] = { place, author, text, isDeleted };
    if (!known) this.read(author, place);
    // Who has left does not see what was changed since.
    else for (const left of this.#until.values()) left.changed.add(place);
  }

  read(username: string, place: number): void {
    if (!this.members.includes(username)) return;
    this.#read.set(username, Math.max(place, this.#read.get(username) ?? 0));
  }

  textsFor(username: string): string[] {
    const from = this.#from.get(username);
    if (from === undefined) return [];
    const left = this.#until.get(username);
    return this.messages
      .filter(({ place, isDeleted }) => !isDeleted && place >= from)
      .filter(({ place }) => !left || (place <= left.place && !left.changed.has(place)))
      .map(({ text }) => text);
  }

  unreadOf(username: string): number {
    return Math.max(0, this.messages.length - (this.#read.get(username) ?? 0));
  }

  #setMembers(members: string[]): void {
    const place = this.messages.length;
    for (const username of members.filter((name) => !this.members.includes(name))) {
      this.#from.set(username, place + 1);
      this.#until.delete(username);
      this.#read.set(username, place);
    }
    for (const username of this.members.filter((name) => !members.includes(name))) {
      this.#until.set(username, { place, changed: new Set() });
    }
    this.members = members;
  }
}
