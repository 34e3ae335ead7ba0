import { canonicalNumber } from '../../local/aws/dynamodb/numbers.ts';
import type { StreamRecord } from '../../local/aws/dynamodb/types.ts';
import type { RandomCommand } from './random-commands.ts';

/** An answer or an error in a form that can be compared. */
export interface Answer {
  error?: string;
  message?: string;
  [name: string]: unknown;
}

interface Failure extends Error {
  Item?: unknown;
  CancellationReasons?: { Code?: string; Message?: string; Item?: unknown }[];
}

/** What a call came to: its answer or its error. */
export const outcomeOf = async (call: () => Promise<object> | object): Promise<Answer> => {
  try {
    const { $metadata: _, ...answer } = (await call()) as { $metadata?: unknown };
    return plain(answer) as Answer;
  } catch (error) {
    const { name, message, Item, CancellationReasons } = error as Failure;
    return plain({ error: name, message, Item, CancellationReasons }) as Answer;
  }
};

/** Without undefined values, sets in order, bytes as texts; Local gives many numbers back as they were written. */
const plain = (value: unknown): unknown => {
  if (value instanceof Uint8Array) return [...value].join(' ');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.map(([name, part]) => {
      if (name === 'N' && typeof part === 'string') return [name, canonicalNumber(part)];
      return [name, SETS.has(name) && Array.isArray(part) ? part.map(plain).sort() : plain(part)];
    }),
  );
};
const SETS = new Set(['SS', 'NS', 'BS']);

const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

type Difference = { why: string; isMeant(command: RandomCommand, local: Answer, engine: Answer): boolean };

const messages = (local: RegExp, engine: RegExp) => (_: RandomCommand, a: Answer, b: Answer) =>
  a.error === b.error && local.test(a.message ?? '') && engine.test(b.message ?? '');

const KEY_FAULT =
  /conditions on the keys|Type mismatch for|for a key attribute|required keys was not given|does not match the schema|Missing the key/;
const APPLY_FAULT =
  /^(The document path provided|An operand in the update|The provided expression refers|Number overflow|Attempting to store|DynamoDB only supports precision)/;
const codes = ({ CancellationReasons }: Answer) =>
  ((CancellationReasons ?? []) as { Code?: string }[]).map(({ Code }) => Code);

/** Where DynamoDB Local differs from DynamoDB, and the engine does as DynamoDB. */
export const MEANT: Difference[] = [
  {
    why: 'Local words a wrong key in its own way, and looks at keys and expressions in another order',
    isMeant: (_, a, b) =>
      KEY_FAULT.test(a.message ?? '') &&
      (KEY_FAULT.test(b.message ?? '') || /^(Invalid \w+Expression|Value provided in)/.test(b.message ?? '')),
  },
  {
    why: 'Local words an index key that is no scalar in its own way',
    isMeant: messages(/^Invalid attribute value type$/, /Type mismatch for Index Key/),
  },
  {
    why: 'Local names another path as the second one',
    isMeant: messages(/Two document paths/, /Two document paths/),
  },
  {
    why: 'The valid types come in another order',
    isMeant: messages(/Invalid attribute type name/, /Invalid attribute type name/),
  },
  {
    why: 'Of several faults of an update, another is told first',
    isMeant: messages(APPLY_FAULT, APPLY_FAULT),
  },
  {
    why: 'Local fails with the fault itself where DynamoDB cancels the transaction with the reason ValidationError',
    isMeant: (_, a, b) => a.error === 'ValidationException' && codes(b).includes('ValidationError'),
  },
  {
    why: 'Local evaluates a transaction before it looks for doubled items',
    isMeant: (_, _a, b) => /multiple operations on one item/.test(b.message ?? ''),
  },
  {
    why: 'Local tries the condition and the update before it sees that a key is updated',
    isMeant: (_, a, b) => a.error !== undefined && /This attribute is part of the key/.test(b.message ?? ''),
  },
  {
    why: 'Of the faults of several items, another is told first',
    isMeant: ({ operation }, a, b) =>
      /^(Batch|Transact)/.test(operation) &&
      (a.error === 'ValidationException' || codes(a).includes('ValidationError')) &&
      b.error === 'ValidationException',
  },
  {
    why: 'Local names attributes in another order, bytes as an object of Java, and numbers as they were written',
    isMeant: messages(/does not project|BETWEEN operator requires/, /does not project|BETWEEN operator requires/),
  },
  {
    why: 'Local knows that nothing follows when a page by Limit ends on the bound of the sort key; DynamoDB does not say',
    isMeant: ({ operation }, a, b) => {
      const { LastEvaluatedKey, ...rest } = b;
      return operation === 'Query' && LastEvaluatedKey !== undefined && JSON.stringify(a) === JSON.stringify(rest);
    },
  },
  {
    why: 'Local refuses to start behind the bound of the sort key; nothing follows it',
    isMeant: ({ operation }, a, b) =>
      operation === 'Query' && /range key predicate/.test(a.message ?? '') && b.Count === 0 && !b.LastEvaluatedKey,
  },
  {
    why: 'Local looks at where a query starts before it looks at its filter',
    isMeant: messages(/range key predicate/, /^Filter Expression can only contain/),
  },
  {
    why: 'Local returns the whole list or map of which a part was updated',
    isMeant: ({ input }, a, b) =>
      /li\[|ma\./.test(String(input.UpdateExpression)) &&
      /^UPDATED/.test(String(input.ReturnValues)) &&
      JSON.stringify({ ...a, Attributes: null }) === JSON.stringify({ ...b, Attributes: null }),
  },
];

/**
 * Brings both answers to what they must share. Left out: the order of scans and batches, which nobody promises, and
 * consumed capacity, which Local counts wrongly for empty reads, batches and incomplete index keys.
 */
const shared = ({ operation }: RandomCommand, answer: Answer): Answer => {
  const { ConsumedCapacity, ...rest } = structuredClone(answer);
  for (const reason of (rest.CancellationReasons ?? []) as { Message?: string }[]) {
    if (reason.Message) reason.Message = reason.Message.replace(/\.$/, '');
  }
  const units = SINGLE.has(operation) ? (ConsumedCapacity as { Table?: unknown } | undefined)?.Table : undefined;
  if (operation === 'Scan') (rest.Items as unknown[] | undefined)?.sort(byText);
  if (operation === 'BatchGetItem') for (const list of Object.values(rest.Responses ?? {})) list.sort(byText);
  return { ...rest, ...(units !== undefined && { units }) };
};
const SINGLE = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'GetItem']);

/** The reason for which a difference is meant, `same`, or `different`. */
export const compareAnswers = (command: RandomCommand, local: Answer, engine: Answer): string => {
  const [a, b] = [shared(command, local), shared(command, engine)];
  if (JSON.stringify(a) === JSON.stringify(b)) return 'same';
  return MEANT.find(({ isMeant }) => isMeant(command, a, b))?.why ?? 'different';
};

/** A stream's records for each item, in order; the items of a batch or a transaction come in any order. */
export const recordsByKey = (records: Partial<StreamRecord>[]): Record<string, unknown[]> => {
  const byKey: Record<string, unknown[]> = {};
  for (const { eventName, keys, newImage, oldImage } of records) {
    const list = (byKey[JSON.stringify(plain(keys))] ??= []);
    list.push(plain({ eventName, newImage, oldImage }));
  }
  return byKey;
};
