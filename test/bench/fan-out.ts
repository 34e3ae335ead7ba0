import { engineKind, startEngine } from '../../local/dynamodb/start-engine.ts';
import { freePort } from '../../local/ports.ts';
import { printFigure } from '../../tools/support/measure.ts';
import { MeteredTable } from '../support/metered-table.ts';
import { freshTable } from '../support/real-table.ts';
import { bareOnce, fanOutOnce, median, postOnce, seedAudience, time, type World } from './support/audience.ts';

const AUDIENCES = [10, 100, 1_000, 10_000, 100_000];
const COMPARED = 5_000;
const METERED = 1_000;
const ROUNDS = 2;

const engine = await startEngine({ port: await freePort() }, engineKind(process.env.ENGINE));
try {
  const world: World = await freshTable(engine.endpoint);
  await seedAudience(world.table, 'warm', 2_000);
  await fanOutOnce(world, await postOnce(world, 'warm'));
  await bareOnce(world, 'warm');

  for (const size of AUDIENCES) {
    const author = `author_${size}`;
    await seedAudience(world.table, author, size);
    const change = await postOnce(world, author);
    global.gc?.();
    const seconds = await time(() => fanOutOnce(world, change));
    printFigure(`fan_out.seconds_${size}`, seconds, 's');
    printFigure(`fan_out.entries_per_second_${size}`, size / seconds, '1/s');
    printFigure(`fan_out.memory_${size}`, process.memoryUsage().rss / 2 ** 20, 'MiB');
  }

  const author = 'compared';
  await seedAudience(world.table, author, COMPARED);
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // In turns, so that whatever else the machine does hits both.
    const change = await postOnce(world, author);
    ours.push(await time(() => fanOutOnce(world, change)));
    bare.push(await time(() => bareOnce(world, author)));
  }
  printFigure('fan_out.bare_entries_per_second', COMPARED / median(bare), '1/s');
  printFigure('fan_out.ratio_vs_bare', median(bare) / median(ours), 'ratio');
  const metered = new MeteredTable(world.table);
  const change = await postOnce(world, `author_${METERED}`);
  await fanOutOnce({ ...world, table: metered }, change);
  printFigure('fan_out.write_units_per_follower', metered.writes / METERED, 'WCU');
  printFigure('fan_out.read_units_per_follower', metered.reads / METERED, 'RCU');
} finally {
  await engine.stop();
}
