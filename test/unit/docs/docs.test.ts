import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PROBLEMS } from '../../../src/http/problems.ts';
import type { keys } from '../../../src/keys/keys.ts';
import { FRAME_ERRORS } from '../../../src/protocol/errors.ts';
import units from '../../../tools/cost/units.json' with { type: 'json' };

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');

describe('docs/errors.md', () => {
  const text = read('docs/errors.md');

  it.each(Object.entries(PROBLEMS))('says what to do about %s', (code, { status }) => {
    expect(text).toContain(`| \`${code}\` | ${status} |`);
  });

  it.each(Object.keys(FRAME_ERRORS))('says what to do about the frame error %s', (code) => {
    expect(text).toContain(`| \`${code}\` |`);
  });
});

describe('docs/access-patterns.md', () => {
  const text = read('docs/access-patterns.md');
  const cells = text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.split(' | '));

  it('has the units of every pattern that is measured', () => {
    const told = [...text.matchAll(/`(\w+)`:(?: ([\d.]+) r)?,?(?: ([\d.]+) w)?/g)];
    const found = told.map(([, name, reads = 0, writes = 0]) => [
      name,
      { reads: Number(reads), writes: Number(writes) },
    ]);
    expect(Object.fromEntries(found)).toEqual(units);
  });

  it('links each pattern to code that is there', () => {
    const files = cells.map((row) => /`(src\/[^`]+)`/.exec(row.at(-1) ?? '')?.[1]).filter((file) => file !== undefined);
    expect(files.length).toBeGreaterThan(25);
    for (const file of files) expect(existsSync(new URL(`../../../${file}`, import.meta.url)), file).toBe(true);
  });

  /** What a kind of key is called in the table of patterns: its partition, or its sort key. */
  const shown = Object.entries({
    account: 'ACCOUNT#',
    handle: 'HANDLE#',
    limits: 'LIMITS#',
    erasure: 'ERASURE',
    reacted: 'REACTED#',
    profile: 'PROFILE',
    head: 'SEQ',
    thought: 'THOUGHT#',
    following: 'FOLLOWING#',
    follower: 'FOLLOWERS#',
    block: 'BLOCK#',
    count: 'COUNTS#',
    timelineEntry: 'TIMELINE#',
    topicEntry: 'TOPIC#',
    replyEntry: 'REPLIES#',
    reaction: 'REACTIONS#',
    presence: 'PRESENCE#',
    connection: 'CONNECTION#',
    connectionChannel: 'CONNECTION#',
    subscription: 'CHANNEL#',
    ticket: 'TICKET#',
    fanOutTask: 'FANOUT#',
    fanOutCut: 'FANOUT#',
    conversation: 'CONVERSATION#',
    roster: 'ROSTER',
    message: 'MESSAGE#',
    inboxRow: 'CONVERSATION#',
    idempotency: 'IDEMPOTENCY#',
    earlierIdempotency: 'IDEMPOTENCY#a#hash',
    lag: 'LAG#',
    firstReaction: 'REACTIONS#',
    migration: 'MIGRATION',
  } satisfies Record<keyof typeof keys, string>);

  it.each(shown)('has a pattern that uses the key "%s"', (_, name) => {
    expect(text).toContain(name);
  });
});
