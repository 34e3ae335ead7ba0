import { isTransient } from '../runtime/transient.ts';

interface Gathered<Part, Answer> {
  parts: Part[];
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

interface Options<Part, Answer> {
  send: (parts: Part[]) => Promise<Answer>;
  /** How many parts a request has at most; who brings more goes alone. */
  most: number;
  /** Parts of the same name never share a request; without it all may. */
  nameOf?: (part: Part) => string;
  /** Whether an error may concern the parts of a single caller; by default every error that does not pass. */
  mayConcernOne?: (error: unknown) => boolean;
}

const isLasting = (error: unknown): boolean => !isTransient(error);

/**
 * Combines requests of many callers: those that arrive while one is under way share the next one. A caller waits at most for
 * one request before its own; without others under way it does not wait.
 */
export class RequestBatcher<Part, Answer> {
  readonly #options: Options<Part, Answer>;
  #open: Gathered<Part, Answer>[] = [];
  #names = new Set<string>();
  #size = 0;
  #underWay = 0;
  #isDue = false;

  constructor(options: Options<Part, Answer>) {
    this.#options = options;
  }

  /** @returns the answer to all parts that went together, these among them */
  add(parts: Part[]): Promise<Answer> {
    const { most, nameOf, send } = this.#options;
    if (parts.length >= most) return send(parts);
    const names = nameOf ? parts.map(nameOf) : [];
    if (this.#size + parts.length > most || names.some((name) => this.#names.has(name))) this.#sendOpen();
    for (const name of names) this.#names.add(name);
    this.#size += parts.length;
    const answer = new Promise<Answer>((resolve, reject) => this.#open.push({ parts, resolve, reject }));
    this.#sendSoon();
    return answer;
  }

  /** At once when nothing is under way, but with whatever else comes in the same turn. */
  #sendSoon(): void {
    if (this.#underWay > 0 || this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#sendOpen();
    });
  }

  #sendOpen(): void {
    const together = this.#open;
    if (together.length === 0) return;
    this.#open = [];
    this.#names = new Set();
    this.#size = 0;
    this.#underWay += 1;
    void this.#send(together).finally(() => {
      this.#underWay -= 1;
      this.#sendOpen();
    });
  }

  async #send(together: Gathered<Part, Answer>[]): Promise<void> {
    try {
      const answer = await this.#options.send(together.flatMap(({ parts }) => parts));
      for (const { resolve } of together) resolve(answer);
    } catch (error) {
      // An error in one caller's keys must not fail the others: send each caller's request alone.
      const { mayConcernOne = isLasting } = this.#options;
      const isShared = together.length > 1 && mayConcernOne(error);
      for (const { parts, resolve, reject } of together) {
        if (isShared) this.#options.send(parts).then(resolve, reject);
        else reject(error);
      }
    }
  }
}
