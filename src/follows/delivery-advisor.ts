import type { Counters } from '../counters/counters.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { isTransient } from '../runtime/transient.ts';
import { postsPerDay } from '../thoughts/author-head.ts';
import type { ThoughtStore } from '../thoughts/thought-store.ts';
import { type DeliverySettings, decideDelivery } from './delivery-rule.ts';
import type { Delivery, Source } from './edge.ts';
import type { FollowStore } from './follow-store.ts';

interface Dependencies {
  counters: Counters;
  thoughts: ThoughtStore;
  follows: FollowStore;
  runtime: Runtime;
  settings: DeliverySettings;
}

/** Decides how edges are delivered: when one begins, and for one edge each time that a timeline is read. */
export class DeliveryAdvisor {
  readonly #deps: Dependencies;

  constructor(deps: Dependencies) {
    this.#deps = deps;
  }

  async forNew(follower: string, author: string): Promise<Delivery> {
    const { follows, settings } = this.#deps;
    const facts = await this.#facts(author);
    // Only who would be merged makes the reader's other edges matter.
    if (decideDelivery({ ...facts, pushEdges: 0 }, settings) === 'entry') return 'entry';
    const pushEdges = countPush(await follows.sourcesOf(follower));
    return decideDelivery({ ...facts, pushEdges }, settings);
  }

  /**
   * Looks at one edge, by chance, and changes its delivery when the rule says so now. A table that is busy is left alone:
   * another reading decides.
   */
  async review(reader: string, edges: Source[]): Promise<void> {
    try {
      await this.#review(reader, edges);
    } catch (error) {
      if (!isTransient(error)) throw error;
    }
  }

  async #review(reader: string, edges: Source[]): Promise<void> {
    const { follows, runtime, settings } = this.#deps;
    const edge = edges[Math.floor(runtime.random() * edges.length)];
    if (!edge) return;
    const { author, delivery: now } = edge;
    const pushEdges = countPush(edges) - (now === 'push' ? 1 : 0);
    const delivery = decideDelivery({ ...(await this.#facts(author)), now, pushEdges }, settings);
    if (delivery !== now) await follows.setDelivery(reader, author, delivery);
  }

  async #facts(author: string) {
    const { counters, thoughts, runtime } = this.#deps;
    const [heads, counts] = await Promise.all([
      thoughts.heads([author], { consistent: false }),
      counters.read({ kind: 'user', username: author }, { consistent: false }),
    ]);
    const head = heads.get(author);
    return { postsPerDay: head ? postsPerDay(head, runtime.now()) : 0, followers: counts.followers };
  }
}

const countPush = (edges: Source[]): number =>
  edges.reduce((count, { delivery }) => (delivery === 'push' ? count + 1 : count), 0);
