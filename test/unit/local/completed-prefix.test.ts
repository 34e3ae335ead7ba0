import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompletedPrefix } from '../../../local/event-source-mapping/completed-prefix.ts';

describe('the completed prefix', () => {
  it('is empty while the first record is not done', () => {
    const prefix = new CompletedPrefix();
    for (const sequence of ['1', '2', '3']) prefix.read(sequence);
    prefix.done('2');
    prefix.done('3');
    expect(prefix).toMatchObject({ checkpoint: undefined, size: 3 });
  });

  it('moves over all done records when the missing one is done', () => {
    const prefix = new CompletedPrefix();
    for (const sequence of ['1', '2', '3', '4']) prefix.read(sequence);
    for (const sequence of ['2', '3', '1']) prefix.done(sequence);
    expect(prefix).toMatchObject({ checkpoint: '3', size: 1 });
  });

  it('keeps its checkpoint when nothing is under way', () => {
    const prefix = new CompletedPrefix();
    prefix.read('1');
    prefix.done('1');
    expect(prefix).toMatchObject({ checkpoint: '1', size: 0 });
  });

  it('ignores a record that was not read, or that is done already', () => {
    const prefix = new CompletedPrefix();
    prefix.read('1');
    prefix.done('7');
    expect(prefix.checkpoint).toBeUndefined();
    prefix.done('1');
    prefix.done('1');
    expect(prefix).toMatchObject({ checkpoint: '1', size: 0 });
  });

  it('is always the longest stretch from the beginning that is done', () => {
    const steps = fc.array(fc.oneof(fc.constant('read' as const), fc.nat({ max: 60 })), { maxLength: 200 });
    fc.assert(
      fc.property(steps, (sequence) => {
        const prefix = new CompletedPrefix();
        const isDone: boolean[] = [];
        for (const step of sequence) {
          if (step === 'read') {
            prefix.read(String(isDone.length));
            isDone.push(false);
          } else if (step < isDone.length) {
            prefix.done(String(step));
            isDone[step] = true;
          }
          const hole = isDone.indexOf(false);
          const length = hole < 0 ? isDone.length : hole;
          expect(prefix.checkpoint).toBe(length === 0 ? undefined : String(length - 1));
          expect(prefix.size).toBe(isDone.length - length);
        }
      }),
      { numRuns: 300 },
    );
  });
});
