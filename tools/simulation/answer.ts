import type { HttpRequest } from '../../local/aws/http-api.ts';

export type RequestParts = Pick<HttpRequest, 'params' | 'query' | 'headers' | 'body'> &
  Partial<Pick<HttpRequest, 'sourceAddress'>>;

export interface Answer {
  status: number;
  body: unknown;
}

/** A person who can make requests. The answer is undefined when every attempt failed. */
export interface Caller {
  name: string;
  call(route: string, more?: RequestParts): Promise<Answer | undefined>;
}
