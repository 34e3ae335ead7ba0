import { type Runtime, seconds } from '../runtime.ts';
import { keys } from '../table/keys.ts';
import type { Condition, Item, Table } from '../table/table.ts';
import type { Erasure, ErasureItem } from './erasure.ts';

const ABSENT: Condition[] = [{ attribute: 'pk', is: 'absent' }];
const PRESENT: Condition[] = [{ attribute: 'pk', is: 'present' }];

/** Erasures under way, and what is left of those that are over: the digest of a handle that is held. */
export class ErasureStore {
  readonly #table: Table;
  readonly #runtime: Runtime;
  readonly #holdMs: number;

  /** @param holdMs for how long nobody can claim the handle of somebody who was erased */
  constructor(table: Table, runtime: Runtime, holdMs: number) {
    this.#table = table;
    this.#runtime = runtime;
    this.#holdMs = holdMs;
  }

  /** From here on the account is refused everything but to ask how far this is. Beginning twice is beginning once. */
  async begin(identity: string, username: string): Promise<Erasure> {
    const now = this.#runtime.now();
    const erasure: Erasure = {
      ...{ username, identity, startedAt: now, phase: 'sockets', phaseAt: now },
      ...{ erased: 0, step: 0 },
    };
    const item: ErasureItem = { ...keys.erasure(username), type: 'erasure', ...erasure };
    await this.#table.write([
      { put: item, when: ABSENT },
      { update: keys.account(identity), set: { erasingSince: now }, when: PRESENT },
    ]);
    return (await this.of(username)) ?? erasure;
  }

  async of(username: string): Promise<Erasure | undefined> {
    const item = await this.#table.get<ErasureItem>(keys.erasure(username), { consistent: true });
    return item && toErasure(item);
  }

  /** Notes how far it is, which makes the stream go on; nothing when another invocation has noted it before. */
  async note(before: Erasure, after: Erasure): Promise<void> {
    const item: ErasureItem = { ...keys.erasure(before.username), type: 'erasure', ...after, step: before.step + 1 };
    await this.#table.write([{ put: item, when: [{ attribute: 'step', is: '=', value: before.step }] }]);
  }

  /** The account is gone, and its handle nobody's until it is held no more. */
  async finish({ username, identity }: Erasure): Promise<void> {
    const takenUntil = this.#runtime.now() + this.#holdMs;
    const held: Item & { takenUntil: number } = {
      ...keys.handle(username),
      type: 'handle',
      takenUntil,
      expiresAt: seconds(takenUntil),
    };
    await this.#table.write([
      { put: held },
      { delete: keys.account(identity) },
      { delete: keys.erasure(username), when: PRESENT },
    ]);
  }
}

const toErasure = ({ pk, sk, type, ...erasure }: ErasureItem): Erasure => erasure;
