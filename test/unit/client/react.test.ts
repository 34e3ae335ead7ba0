import { act, createElement } from 'react';
import { create, type ReactTestRenderer } from 'react-test-renderer';
import { expect, it, vi } from 'vitest';
import { useLiveState, useThoughts } from '../../../client/react.ts';
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
