import { expect, it } from 'vitest';
import type { Condition, Write } from '../../src/table/table.ts';
import { differences } from '../support/conversation-model/checks.ts';
import { runConversations } from '../support/conversation-model/run.ts';

const keyOf = (write: Write) => {
  if ('put' in write) return write.put;
  if ('update' in write) return write.update;
  return 'delete' in write ? write.delete : write.check;
};

/** Every write of these items loses its conditions on one attribute. */
const without =
  (sortKey: string, attribute: Condition['attribute']) =>
  (write: Write): Write => {
    if (!keyOf(write).sk.startsWith(sortKey) || 'check' in write) return write;
    return { ...write, when: (write.when ?? []).filter((condition) => condition.attribute !== attribute) };
  };

/** Every update of a row of an inbox does not do one thing. */
const rowsWithout =
  (attribute: string) =>
  (write: Write): Write => {
    if (!('update' in write) || !write.update.sk.startsWith('CONVERSATION#')) return write;
    return { ...write, remove: (write.remove ?? []).filter((name) => name !== attribute) };
  };

const MUTANTS: Record<string, (write: Write) => Write> = {
  'a message takes a number that is taken': without('CONVERSATION', 'seq'),
  'a message of somebody who has just left': without('CONVERSATION', 'rosterVersion'),
  'a row goes back': without('CONVERSATION#', 'seq'),
  'a row is raised for who has left': without('CONVERSATION#', 'until'),
  'a mark goes back': without('CONVERSATION#', 'readUpTo'),
  'a key posts twice': without('IDEMPOTENCY', 'pk'),
  'a row keeps a text that was deleted': rowsWithout('preview'),
};

const CHANCES = 4;

it.each(Object.entries(MUTANTS))('is caught: %s', async (_, mutant) => {
  for (let seed = 1; seed <= CHANCES; seed++) {
    const found = await runConversations({
      ...{ seed, messages: 200, people: 8, width: 10, crashes: 0.01, mutant },
      rules: { faults: { internalError: 0.01, lostAnswer: 0.02, unprocessed: 0 }, requestTimeoutMs: 200 },
    })
      .then(differences)
      // What can't even be laid out as plain lists is caught too.
      .catch((error: Error) => [error.message]);
    if (found.length > 0) return;
  }
  expect.fail('Nothing differs from what plain lists hold');
});
