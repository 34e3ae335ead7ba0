import { Eraser } from '../../src/erasure/eraser.ts';
import type { Phase } from '../../src/erasure/erasure.ts';
import type { PhaseDependencies } from '../../src/erasure/phases.ts';
import { ConnectionLifecycle } from '../../src/push/connection-lifecycle.ts';
import type { Sockets } from '../../src/push/sockets.ts';
import type { erasureScene } from './erasure-scene.ts';
import { dump, type World } from './world.ts';

export type ErasureScene = Awaited<ReturnType<typeof erasureScene>>;

/** What an erasure needs, with a stream or without one. */
type Scene = World & { sockets: Sockets };

const MOST_CALLS = 500;

/** The eraser of a scene, called by hand and not by the stream, with other dependencies where some are given. */
export const eraserOf = (scene: Scene, others: Partial<PhaseDependencies> = {}): Eraser =>
  new Eraser({
    ...scene,
    lifecycle: new ConnectionLifecycle(scene),
    images: { removeAllOf: async () => 0 },
    failures: { forget: async () => ({ erased: 0 }) },
    entryMs: scene.settings.timelines.entryMs,
    ...others,
  });

/** Goes on with an erasure until it has come to a phase, or, without one, to its end. */
export const eraseUntil = async (scene: Scene, username: string, phase?: Phase): Promise<void> => {
  const eraser = eraserOf(scene);
  for (let call = 0; call < MOST_CALLS; call++) {
    const now = await scene.erasures.of(username);
    if (!now || now.phase === phase) return;
    await eraser.goOn(username, () => true);
    scene.runtime.pass(1_000);
  }
  throw new Error(`The erasure does not come to ${phase ?? 'its end'}`);
};

/** The items that have any of these words in them. */
export const itemsWith = async ({ table }: Scene, ...words: string[]): Promise<string[]> =>
  (await dump(table)).map((item) => JSON.stringify(item)).filter((item) => words.some((word) => item.includes(word)));
