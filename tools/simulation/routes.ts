import type { HttpRequest } from '../../local/aws/http-api.ts';

type RelationKind = 'follow' | 'unfollow' | 'mute' | 'unmute' | 'block' | 'unblock';

/** The route that follows, mutes or blocks somebody, or ends that. */
export const relationRoute = (kind: RelationKind): string => {
  const isUndone = kind.startsWith('un');
  return `${isUndone ? 'DELETE' : 'PUT'} /users/{username}/${isUndone ? kind.slice(2) : kind}`;
};

/** The route of a channel's list. */
export const listRoute = (channel: string): Pick<HttpRequest, 'route' | 'params' | 'query'> => {
  if (channel === 'timeline') return { route: 'GET /timeline' };
  if (channel === 'all') return { route: 'GET /thoughts' };
  const name = channel.slice(channel.indexOf(':') + 1);
  if (channel.startsWith('topic:')) return { route: 'GET /thoughts', query: { topic: name } };
  return { route: 'GET /users/{username}/thoughts', params: { username: name } };
};

/** A route's path with its parameters and its query, as a person reads it. */
export const pathOf = (route: string, { params = {}, query = {} }: Pick<HttpRequest, 'params' | 'query'>): string => {
  const path = route.replace(/\{(\w+)\}/g, (whole, name: string) => params[name] ?? whole);
  const search = new URLSearchParams(query).toString();
  return search ? `${path}?${search}` : path;
};
