import { unreadOf } from '../../../src/conversations/inbox.ts';
import type { Item } from '../../../src/table/table.ts';
import { audit } from '../../../tools/table/audit.ts';
import type { ConversationRun } from './run.ts';

/** What is stored otherwise than plain lists hold it, in words. */
export const differences = async (run: ConversationRun): Promise<string[]> => {
  const { names, models, items, runtime, world, batches } = run;
  const found: string[] = [];
  const compare = (what: string, stored: unknown, expected: unknown) => {
    if (JSON.stringify(stored) !== JSON.stringify(expected)) {
      found.push(
        `${what}: ${JSON.stringify(stored)?.slice(0, 200)} and not ${JSON.stringify(expected)?.slice(0, 200)}`,
      );
    }
  };
  // How late the stream was is noted anew when it is replayed.
  const lasting = (all: Item[]) => all.filter(({ type }) => type !== 'lag');
  compare('After a replay of the whole stream', lasting(run.replayed), lasting(items));
  const said = new Map<string, number>();
  for (const [id, model] of models) {
    for (const text of model.messages.flatMap(({ text, isDeleted }) => (isDeleted ? [] : text))) {
      said.set(text, (said.get(text) ?? 0) + 1);
    }
    const stored = await runtime.run(world.conversationReader.get(id));
    compare(`${id} head`, [stored?.head.seq, stored?.head.place], [model.seq, model.messages.length]);
    for (const name of [...names, 'outsider']) {
      const span = await runtime.run(world.conversationReader.spanOf(name, id));
      const page = span && (await runtime.run(world.messages.page(id, span, { limit: 10_000, oldestFirst: true })));
      compare(`${id} as ${name} sees it`, page?.messages.map(({ text }) => text) ?? [], model.textsFor(name));
      if (!model.members.includes(name)) continue;
      const row = await runtime.run(world.inboxes.row(name, id, { consistent: true }));
      compare(`${id} unread by ${name}`, row && unreadOf(row), model.unreadOf(name));
    }
  }
  for (const { newImage, oldImage } of run.records) {
    const [before, after] = [oldImage, newImage].map((image) => Number(image?.seq?.N ?? 0));
    const isRow = newImage?.type?.S === 'inbox';
    if (isRow && (after ?? 0) < (before ?? 0)) found.push(`A row goes back from number ${before} to ${after}`);
  }
  for (const [text, count] of said) if (text.startsWith('message')) compare(text, count, 1);
  for (const { connection, messages } of batches) {
    if (messages.length > 0 && connection.username === 'outsider') found.push('An outsider hears');
  }
  for (const { rule, item, detail } of audit(items, { now: runtime.now(), retentionMs: 0 })) {
    found.push(`audit ${rule} ${item}: ${detail}`);
  }
  return found;
};
