/** The `meta` of a mutation whose failure is shown at the page's edge, because it has no other place on the page. */
export const SHOWN = { showsFailure: true } as const;

type Listener = () => void;

/** The last failure of a mutation, while it is shown. */
export class Problems {
  #text: string | undefined;
  readonly #listeners = new Set<Listener>();

  get text(): string | undefined {
    return this.#text;
  }

  subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  show(error: Error): void {
    this.#set(error instanceof TypeError ? 'The server cannot be reached. Try again later.' : error.message);
  }

  clear = (): void => this.#set(undefined);

  #set(text: string | undefined): void {
    this.#text = text;
    for (const listener of this.#listeners) listener();
  }
}

export const problems = new Problems();
