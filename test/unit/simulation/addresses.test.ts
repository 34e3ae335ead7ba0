import { describe, expect, it } from 'vitest';
import type { HttpRequest, SimulatedHttpApi } from '../../../local/aws/http-api.ts';
import { addressCaller } from '../../../src/http/entry-limiter.ts';
import type { History } from '../../../tools/simulation/history.ts';
import { PersonApi } from '../../../tools/simulation/person-api.ts';
import { planOf } from '../../../tools/simulation/plan.ts';
import { Trace } from '../../../tools/simulation/trace.ts';
import { VirtualTime } from '../../../tools/simulation/virtual-time.ts';

describe('source addresses', () => {
  const { people } = planOf(1, { people: 30, theme: 'tabs' });

  it('are one for each device, and the same in each plan of a seed', () => {
    expect(people.map(({ addresses }) => addresses.length)).toEqual(people.map(({ devices }) => devices));
    expect(planOf(1, { people: 30, theme: 'tabs' }).people).toEqual(people);
  });

  it('are shared by the people of the office, and by nobody else', () => {
    const networks = people.map(({ addresses }) => new Set(addresses.map((one) => addressCaller(one).name)));
    const sharing = networks.map((own) => networks.filter((other) => !own.isDisjointFrom(other)).length);
    expect(sharing).toEqual(people.map((_person, at) => (at % 3 === 0 ? 10 : 1)));
  });

  it('go with each request: the device that asks, or the first device', async () => {
    const asked: HttpRequest[] = [];
    const time = new VirtualTime(0);
    const http = {
      request: async (request: HttpRequest) => {
        asked.push(request);
        return { status: 200, body: '{"items":[]}' };
      },
    };
    const api = new PersonApi({
      ...{ name: 'ann', time, random: () => 0, tokenMs: 60_000, clockOffMs: 0, trace: new Trace(time.now, false) },
      http: http as unknown as SimulatedHttpApi,
      history: { answered: () => {} } as unknown as History,
      sourceAddress: '198.51.100.1',
    });
    await api.call('GET /thoughts');
    await api.list('all', 5, 1, { sourceAddress: '198.51.100.2' });
    expect(asked.map(({ sourceAddress }) => sourceAddress)).toEqual(['198.51.100.1', '198.51.100.2']);
  });
});
