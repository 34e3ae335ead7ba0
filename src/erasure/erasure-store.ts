import { keys } from '../keys/keys.ts';
import { MINUTE, type Runtime, seconds } from '../runtime/runtime.ts';
import type { Condition, Item, Table } from '../table/table.ts';
import type { Erasure, ErasureItem } from './erasure.ts';

const ABSENT: Condition[] = [{ attribute: 'pk', is: 'absent' }];
const PRESENT: Condition[] = [{ attribute: 'pk', is: 'present' }];
/** An erasure notes how far it is with each poll of the stream, and an invocation ends within a minute. */
const STANDS_STILL_MS = 2 * MINUTE;

interface Dependencies {
  table: Table;
  runtime: Runtime;
  /** How long the handle of an erased person stays reserved, in milliseconds. */
  holdMs: number;
}

/** Erasures under way. Of one that is over, only the digest of the handle stays until it may be claimed again. */
export class ErasureStore {
  readonly #table: Table;
  readonly #runtime: Runtime;
  readonly #holdMs: number;

  constructor({ table, runtime, holdMs }: Dependencies) {
    this.#table = table;
    this.#runtime = runtime;
    this.#holdMs = holdMs;
  }

  /**
   * Closes the account and deletes the profile. From now on the person can only read the erasure's progress, and others can
   * begin nothing new with the person. A second call continues an erasure that has stopped, and does not begin it again.
   */
  async begin(identity: string, username: string): Promise<Erasure> {
    const now = this.#runtime.now();
    const erasure: Erasure = {
      ...{ username, identity, startedAt: now, phase: 'sockets', phaseAt: now },
      ...{ erased: 0, step: 0, notedAt: now },
    };
    const item: ErasureItem = { ...keys.erasure(username), type: 'erasure', ...erasure };
    const outcome = await this.#table.write([
      { put: item, when: ABSENT },
      { update: keys.account(identity), set: { erasingSince: now }, when: PRESENT },
      { delete: keys.profile(username) },
    ]);
    const begun = await this.of(username);
    if (outcome.kind === 'refused' && begun) await this.#wake(begun);
    return begun ?? erasure;
  }

  /**
   * Writes the erasure's item again, so that the stream continues an erasure whose record was given up. It does so only for
   * an erasure that has stopped, because each further record costs an invocation.
   */
  async #wake({ username, step, notedAt }: Erasure): Promise<void> {
    const now = this.#runtime.now();
    if (now < notedAt + STANDS_STILL_MS) return;
    await this.#table.write([
      {
        update: keys.erasure(username),
        set: { notedAt: now },
        add: { step: 1 },
        when: [{ attribute: 'step', is: '=', value: step }],
      },
    ]);
  }

  async of(username: string): Promise<Erasure | undefined> {
    const item = await this.#table.get<ErasureItem>(keys.erasure(username), { consistent: true });
    return item && toErasure(item);
  }

  /** Stores how far the erasure is; the stream's record of that carries it on. It does nothing when another invocation came first. */
  async note(before: Erasure, after: Erasure): Promise<void> {
    const noted: Erasure = { ...after, step: before.step + 1, notedAt: this.#runtime.now() };
    const item: ErasureItem = { ...keys.erasure(before.username), type: 'erasure', ...noted };
    await this.#table.write([{ put: item, when: [{ attribute: 'step', is: '=', value: before.step }] }]);
  }

  /** Deletes the account and the erasure. Nobody can claim the handle until `holdMs` have passed. */
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
