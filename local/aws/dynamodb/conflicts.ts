/**
 * The items that write transactions hold, from their start to their end, those that they only check included.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling
 */
export class Conflicts {
  readonly #held = new Set<string>();
  readonly #tokens = new Set<string>();

  isHeld = (item: string): boolean => this.#held.has(item);

  /** Holds all of the items, or none when another transaction holds one of them. */
  hold(items: string[]): { kind: 'held' } | { kind: 'conflict' } {
    if (items.some(this.isHeld)) return { kind: 'conflict' };
    for (const item of items) this.#held.add(item);
    return { kind: 'held' };
  }

  release(items: string[]): void {
    for (const item of items) this.#held.delete(item);
  }

  /** Marks a ClientRequestToken as under way. */
  begin(token: string | undefined): { kind: 'begun' } | { kind: 'in progress' } {
    if (token === undefined) return { kind: 'begun' };
    if (this.#tokens.has(token)) return { kind: 'in progress' };
    this.#tokens.add(token);
    return { kind: 'begun' };
  }

  end(token: string | undefined): void {
    if (token !== undefined) this.#tokens.delete(token);
  }
}
