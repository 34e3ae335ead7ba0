/** An app's error is the app's to see, and must not keep the next event from it. */
export const safely = (call: () => void): void => {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
};

/** The app's listener, and what is called: another function for `once`. */
interface Entry {
  listener: unknown;
  call: unknown;
}

/** Listeners by the name of what they listen to. `Events` has the arguments of each. */
export class Emitter<Events extends { [Name in keyof Events]: unknown[] }> {
  readonly #listeners = new Map<keyof Events, Entry[]>();

  on<Name extends keyof Events>(name: Name, listener: (...values: Events[Name]) => void): this {
    if (!this.#entries(name).some(({ call }) => call === listener)) this.#add(name, { listener, call: listener });
    return this;
  }

  /** The listener hears it one time. */
  once<Name extends keyof Events>(name: Name, listener: (...values: Events[Name]) => void): this {
    const call = (...values: Events[Name]) => {
      this.#keep(name, (entry) => entry.call !== call);
      listener(...values);
    };
    this.#add(name, { listener, call });
    return this;
  }

  off<Name extends keyof Events>(name: Name, listener: (...values: Events[Name]) => void): this {
    this.#keep(name, (entry) => entry.listener !== listener);
    return this;
  }

  protected emit<Name extends keyof Events>(name: Name, ...values: Events[Name]): void {
    for (const { call } of this.#entries(name)) {
      safely(() => (call as (...values: Events[Name]) => void)(...values));
    }
  }

  #entries(name: keyof Events): Entry[] {
    return this.#listeners.get(name) ?? [];
  }

  #add(name: keyof Events, entry: Entry): void {
    this.#listeners.set(name, [...this.#entries(name), entry]);
  }

  #keep(name: keyof Events, isKept: (entry: Entry) => boolean): void {
    this.#listeners.set(name, this.#entries(name).filter(isKept));
  }
}
