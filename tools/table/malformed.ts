import * as z from 'zod';
import type { Item } from '../../src/table/table.ts';
import type { Finding } from './audit-contents.ts';

const text = z.string().min(1);
const number = z.number();
const reference = z.object({ author: text, id: text });
const edge = z.object({
  muted: z.boolean(),
  since: number,
  delivery: z.enum(['entry', 'push']).optional(),
  warmFrom: number.optional(),
});
const head = z.object({ seq: number, recent: z.string().optional(), thoughts: number.optional() });

/** What an audit reads of each type of item. What it doesn't read may be as it likes. */
const SHAPES = new Map<string, z.ZodType>(
  Object.entries({
    thought: z.object({
      id: text,
      author: text,
      topics: z.array(text),
      createdAt: number,
      version: number,
      seq: number,
      deletedAt: number.optional(),
      expiresAt: number.optional(),
      inReplyTo: reference.optional(),
    }),
    following: edge.extend({ pk: text.startsWith('USER#'), sk: text.startsWith('FOLLOWING#') }),
    follower: edge.extend({ pk: text.startsWith('FOLLOWERS#'), sk: text.includes('#') }),
    block: z.object({ username: text, blocked: text, counted: z.literal(true).optional() }),
    head,
    clock: head,
    reaction: z.object({ thoughtId: text }),
    count: z.looseObject({ pk: text, sk: text }).refine(hasNumbers, 'Its counts are numbers'),
    presence: z.object({
      username: text,
      // The first edition has neither.
      entriesFrom: number.optional(),
      entriesUntil: number.optional(),
      connections: z.array(z.object({ connectionId: text }).or(z.object({ cid: text }))),
    }),
    connection: z.object({ subscriptions: number }),
    'connection-channel': z.object({ channel: text }),
    'timeline-entry': z.object({ author: text }),
    conversation: z.object({ id: text, seq: number, place: number, rosterVersion: number }),
    roster: z.object({
      id: text,
      version: number,
      members: z.array(z.object({ username: text, from: number })),
    }),
    message: z.object({
      ...{ conversation: text, text: z.string(), place: number, seq: number, version: number, createdAt: number },
      deletedAt: number.optional(),
    }),
    inbox: z.object({ conversation: text, username: text }),
  }),
);

function hasNumbers({ pk: _pk, sk: _sk, type: _type, ...counts }: Record<string, unknown>): boolean {
  return Object.values(counts).every((count) => typeof count === 'number');
}

/** Parts the items that an audit can't read from those that it can, for one bad item is when an audit is needed. */
export const separateMalformed = (items: Item[]): { sound: Item[]; malformed: Finding[] } => {
  const sound: Item[] = [];
  const malformed: Finding[] = [];
  for (const item of items) {
    const result = SHAPES.get(String(item.type))?.safeParse(item);
    if (!result || result.success) {
      sound.push(item);
      continue;
    }
    const detail = result.error.issues.map(({ path, message }) => `${path.join('.') || 'item'}: ${message}`).join('; ');
    malformed.push({ rule: 'malformed', item: `${item.pk} ${item.sk}`, detail });
  }
  return { sound, malformed };
};
