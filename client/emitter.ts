/** An app's error is the app's to see, and must not keep the next event from it. */
const safely = (call: () => void): void => {
  try {
    call();
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
};

/** Listeners by the name of what they listen to. `Events` has the arguments of each. */
export class Emitter<Events extends { [Name in keyof Events]: unknown[] }> {
  readonly #listeners = new Map<keyof Events, Map<unknown, (...values: never[]) => void>>();

  on<Name extends keyof Events>(name: Name, listener: (...values: Events[Name]) => void): this {
    const listeners = this.#listeners.get(name) ?? new Map();
    this.#listeners.set(name, listeners.set(listener, listener));
    return this;
  }

  /** The listener hears it one time. */
  once<Name extends keyof Events>(name: Name, listener: (...values: Events[Name]) => void): this {
    this.on(name, listener);
    this.#listeners.get(name)?.set(listener, (...values: never[]) => {
      this.off(name, listener);
      listener(...(values as unknown as Events[Name]));
    });
    return this;
  }

  off<Name extends keyof Events>(name: Name, listener: (...values: Events[Name]) => void): this {
    this.#listeners.get(name)?.delete(listener);
    return this;
  }

  protected emit<Name extends keyof Events>(name: Name, ...values: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name)?.values() ?? [])]) {
      safely(() => listener(...(values as unknown as never[])));
    }
  }

  protected hears(name: keyof Events): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }
}
