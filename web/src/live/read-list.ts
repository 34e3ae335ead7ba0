import type { ListPage } from 'deep-thoughts-client/store';
import type { Api } from '../api/api.ts';

const LIMIT = 20;

/** A page of what a channel is about, newest first. @param after `next` of the page before */
export const readList = async (api: Api, channel: string, after?: string): Promise<ListPage> => {
  const [kind, ...rest] = channel.split(':');
  const name = rest.join(':');
  const query = { cursor: after, limit: LIMIT } as { limit: number; cursor?: string };
  const read = () => {
    if (kind === 'timeline') return api.call('GET /timeline', { query });
    if (kind === 'topic') return api.call('GET /thoughts', { query: { ...query, topic: name } });
    if (kind === 'author') return api.call('GET /users/{username}/thoughts', { params: { username: name }, query });
    return api.call('GET /thoughts', { query });
  };
  const { items, next } = await read();
  return { thoughts: items, next };
};
