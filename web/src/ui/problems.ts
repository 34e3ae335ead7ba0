/** The `meta` of a change whose failure has no place of its own on the page: it is shown at the page's edge. */
export const SHOWN = { showsFailure: true } as const;

type Listener = () => void;

/** The last failure of a change, for as long as it is shown. */
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
