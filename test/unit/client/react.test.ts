import { act, createElement, StrictMode } from 'react';
import { create, type ReactTestRenderer } from 'react-test-renderer';
import { expect, it, vi } from 'vitest';
import { useList, useLiveState, useThoughts } from '../../../client/react.ts';
import { Store } from '../../../client/store.ts';
import { LiveApp } from '../../support/live-app.ts';
import { eventOf } from '../../support/live-events.ts';

it('the hooks show a list and a state as they are, and as they become', async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  const warn = vi.spyOn(console, 'error').mockReturnValue();
  const app = await LiveApp.live();
  const store = new Store(app.client, async () => []);
  const List = () => {
    const thoughts = useThoughts(store);
    return `${useLiveState(app.client)}: ${thoughts.map(({ text }) => text).join()}`;
  };
  let shown: ReactTestRenderer | undefined;
  await act(async () => {
    shown = create(createElement(List));
  });
  expect(shown?.toJSON()).toBe('live: ');
  await act(async () => app.server.publish([eventOf({ seq: 1 }), eventOf({ seq: 2 })]));
  expect(shown?.toJSON()).toBe('live: 2,1');
  await act(async () => app.client.close());
  expect(shown?.toJSON()).toBe('closed: 2,1');
  act(() => shown?.unmount());
  warn.mockRestore();
  vi.unstubAllGlobals();
});

it('the hooks leave a list when no component shows it any more, and not when React mounts twice', async () => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  const warn = vi.spyOn(console, 'error').mockReturnValue();
  const app = await LiveApp.live();
  const asked: string[] = [];
  const store = new Store(app.client, async (channel) => {
    asked.push(channel);
    return [];
  });
  const Thoughts = () => `${useThoughts(store, 'all').length}`;
  const State = ({ channel }: { channel: string }) => useList(store, channel).state;
  const show = (...elements: ReturnType<typeof createElement>[]) => createElement(StrictMode, null, ...elements);
  const both = show(createElement(Thoughts, { key: 1 }), createElement(State, { key: 2, channel: 'all' }));
  let shown: ReactTestRenderer | undefined;
  await act(async () => {
    shown = create(both);
  });
  expect([asked, shown?.toJSON()]).toEqual([['all'], ['0', 'current']]);
  const gap = () =>
    act(async () => {
      for (const channel of ['all', 'topic:tea']) app.server.socket.push({ type: 'gap', channel });
    });
  await act(async () => shown?.update(show(createElement(State, { key: 2, channel: 'all' }))));
  await gap();
  expect(asked, 'one of two shows it still').toEqual(['all', 'all']);
  await act(async () => shown?.update(show(createElement(State, { key: 2, channel: 'topic:tea' }))));
  await gap();
  expect(asked.slice(2), 'another list took its place').toEqual(['topic:tea', 'topic:tea']);
  await act(async () => shown?.unmount());
  await gap();
  expect(asked).toHaveLength(4);
  warn.mockRestore();
  vi.unstubAllGlobals();
});
