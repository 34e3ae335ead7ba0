import { engineKind, startEngine } from '../../local/dynamodb/start-engine.ts';
import { freePort } from '../../local/ports.ts';
import { PRICES } from '../../tools/cost/prices.ts';
import { printFigure } from '../../tools/support/measure.ts';
import { MeteredTable } from '../support/metered-table.ts';
import { freshTable } from '../support/real-table.ts';
import { bareOnce, fanOutOnce, median, postOnce, seedAudience, time, type World } from './support/audience.ts';

const FOLLOWERS = 20_000;
const ROUNDS = 5;
const MILLION = 1_000_000;

/** The walk over an author's followers of kind `push`, none of them connected, beside the reads alone. */
const engine = await startEngine({ port: await freePort() }, engineKind(process.env.ENGINE));
try {
  const world: World = await freshTable(engine.endpoint);
  await seedAudience(world.table, 'popular', FOLLOWERS, 'push');
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = -1; round < ROUNDS; round++) {
    // In turns, so that whatever else the machine does hits both. What is compiled in the first round doesn't count.
    const change = await postOnce(world, 'popular');
    const walked = await time(() => fanOutOnce(world, change));
    const read = await time(() => bareOnce(world, 'popular', 'push'));
    if (round < 0) continue;
    ours.push(walked);
    bare.push(read);
  }
  printFigure('walk.followers_per_second', FOLLOWERS / median(ours), '1/s');
  printFigure('walk.bare_reads_per_second', FOLLOWERS / median(bare), '1/s');
  printFigure('walk.ratio_vs_bare', median(bare) / median(ours), 'ratio');
  const metered = new MeteredTable(world.table);
  await fanOutOnce({ ...world, table: metered }, await postOnce(world, 'popular'));
  const { dynamodb } = PRICES;
  printFigure('walk.read_units_per_follower', metered.reads / FOLLOWERS, 'RCU');
  printFigure('walk.write_units_per_follower', metered.writes / FOLLOWERS, 'WCU');
  const dollars = metered.reads * dynamodb.millionReads + metered.writes * dynamodb.millionWrites;
  printFigure('walk.dollars_per_million_followers', dollars / MILLION / (FOLLOWERS / MILLION), '$');
} finally {
  await engine.stop();
}
process.exit();
