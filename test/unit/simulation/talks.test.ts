import { describe, expect, it } from 'vitest';
import { checkTalks } from '../../../tools/simulation/talk-checks.ts';
import { Talks } from '../../../tools/simulation/talks.ts';

const ID = 'conversation-1';
const told = (place: number) => ({ conversationId: ID, place, author: 'alice', text: `alice tells ${place}` });

interface Shown {
  places: number[];
  unread?: number;
  strangerStatus?: number;
}

/** Alice and Bob have talked, and the API shows Bob this. */
const found = async ({ places, unread = 1, strangerStatus = 404 }: Shown): Promise<string[]> => {
  const talks = new Talks();
  for (const place of [1, 2]) talks.told(told(place), ['alice', 'bob']);
  talks.read(ID, 'bob', 1);
  const reader = (name: string) => ({
    name,
    call: async (route: string) => {
      if (name === 'carol') return { status: route.endsWith('/messages') ? strangerStatus : 200, body: { items: [] } };
      const items = (name === 'alice' ? [1, 2] : places).map(told);
      if (route.endsWith('/messages')) return { status: 200, body: { items } };
      const own = name === 'alice' ? { readUpTo: 2, unread: 0 } : { readUpTo: 1, unread };
      return { status: 200, body: { items: [{ id: ID, lastMessage: { place: 2 }, ...own }] } };
    },
  });
  const findings = await checkTalks(talks, ['alice', 'bob', 'carol'].map(reader));
  return findings.map(({ code }) => code);
};

describe('conversations', () => {
  it('are right when all is there for members, once, and for nobody else', async () => {
    expect(await found({ places: [1, 2] })).toEqual([]);
  });

  it.each<[string, Shown, string]>([
    ['a message is missing', { places: [1] }, 'talk_lost'],
    ['a message is there twice', { places: [1, 2, 2] }, 'talk_doubled'],
    ['there is a hole', { places: [2] }, 'talk_places'],
    ['the unread are counted wrong', { places: [1, 2], unread: 2 }, 'talk_unread'],
    ['a stranger is answered', { places: [1, 2], strangerStatus: 200 }, 'talk_open'],
  ])('are wrong when %s', async (_name, shown, code) => {
    expect(await found(shown)).toContain(code);
  });

  it('are overheard by whoever gets a text that was sent to others', () => {
    const talks = new Talks();
    talks.sends('alice tells x', ['alice', 'bob']);
    expect(talks.overheard('bob', '{"text":"alice tells x"}')).toEqual([]);
    expect(talks.overheard('carol', '{"text":"alice tells x"}')).toEqual(['alice tells x']);
  });
});
