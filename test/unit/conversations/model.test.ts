import { describe, expect, it } from 'vitest';
import { AWS_RULES } from '../../../local/aws/dynamodb/rules.ts';
import { differences } from '../../support/conversation-model/checks.ts';
import { runConversations } from '../../support/conversation-model/run.ts';
import { engineTable } from '../../support/engine-table.ts';
import { VirtualRuntime } from '../../support/virtual-runtime.ts';
import { createWorld, times } from '../../support/world.ts';

const seeds = times(Number(process.env.RUNS ?? 1), (at) => at + 1);

describe('a thousand messages of twenty people, side by side, with crashes, conflicts and replays', () => {
  it.each(seeds)('end in the same state as plain lists (seed %i)', { timeout: 120_000 }, async (seed) => {
    const run = await runConversations({
      ...{ seed, messages: 1_000, people: 20, width: 10, crashes: 0.004 },
      rules: { faults: { internalError: 0.01, lostAnswer: 0.005, unprocessed: 0 }, requestTimeoutMs: 500 },
    });
    expect(run.answered.size).toBeGreaterThanOrEqual(1_000);
    expect(run.conversations).toHaveLength(4);
    expect(await differences(run)).toEqual([]);
  });
});

describe('many who write into one conversation at once, by AWS’s rules', () => {
  const writeAtOnce = async (writers: number, each: number) => {
    const runtime = new VirtualRuntime(1);
    const { table } = await runtime.run(engineTable({ ...AWS_RULES, throughput: undefined }, runtime));
    const world = createWorld(table, {}, runtime as never);
    const names = times(writers, (at) => `writer_${at}`);
    return runtime.run(
      (async () => {
        for (const name of names) await world.users.ensure(name);
        const [first = '', ...others] = names;
        const opened = await world.conversations.open(first, { members: others, name: 'All', text: 'begin' });
        if (opened.kind !== 'posted') throw new Error(opened.kind);
        const { id } = opened.conversation.head;
        const outcomes = await Promise.all(
          names.map(async (author) => {
            const own = [];
            for (const at of times(each, (n) => n)) {
              own.push(await world.messages.post(id, { author, text: `${author} ${at}` }));
            }
            return own;
          }),
        );
        const { messages } = await world.messages.page(id, { from: 1 }, { limit: 1_000, oldestFirst: true });
        return { outcomes: outcomes.flat(), messages };
      })(),
    );
  };

  it('are ten: each message is stored once, at places without holes', async () => {
    const { outcomes, messages } = await writeAtOnce(10, 5);
    expect(outcomes.map(({ kind }) => kind)).toEqual(times(50, () => 'posted'));
    expect(messages.map(({ place }) => place)).toEqual(times(51, (at) => at + 1));
    expect(new Set(messages.map(({ text }) => text)).size).toBe(51);
  });

  it('are a hundred: a writer that loses every race is answered busy, and nothing of it is written', async () => {
    const { outcomes, messages } = await writeAtOnce(100, 2);
    const posted = outcomes.filter(({ kind }) => kind === 'posted').length;
    expect(outcomes.every(({ kind }) => kind === 'posted' || kind === 'busy')).toBe(true);
    expect(posted).toBeLessThan(200);
    expect(messages).toHaveLength(posted + 1);
    expect(messages.map(({ place }) => place)).toEqual(times(posted + 1, (at) => at + 1));
  });
});
