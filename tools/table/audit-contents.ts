import type { Item } from '../../src/table/table.ts';

/** One violation that the audit has found. */
export interface Finding {
  rule: string;
  /** The key of the item that is wrong or missing. */
  item: string;
  detail: string;
}

export interface AuditOptions {
  /** Milliseconds since 1970. */
  now: number;
  /** The age of a thought up to which timelines use its entry, in milliseconds. */
  retentionMs: number;
}

export type Stored = Item & Record<string, unknown>;
export type Report = (rule: string, at: { pk: string; sk: string } | string, detail: string) => void;

/** The items of a table, by type and by key. */
export class Contents {
  readonly byKey = new Map<string, Stored>();
  readonly #byType: Map<string, Stored[]>;

  constructor(items: Stored[]) {
    for (const item of items) this.byKey.set(`${item.pk}\n${item.sk}`, item);
    this.#byType = Map.groupBy(items, ({ type }) => type);
  }

  of<T>(type: string): (Stored & T)[] {
    return (this.#byType.get(type) ?? []) as (Stored & T)[];
  }

  get({ pk, sk }: { pk: string; sk: string }): Stored | undefined {
    return this.byKey.get(`${pk}\n${sk}`);
  }
}
