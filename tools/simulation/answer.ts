import type { HttpRequest } from '../../local/aws/http-api.ts';

export type RequestParts = Pick<HttpRequest, 'params' | 'query' | 'headers' | 'body'>;

export interface Answer {
  status: number;
  body: unknown;
}

/** Who makes a request, and how. Undefined: the server failed at every attempt. */
export interface Caller {
  name: string;
  call(route: string, more?: RequestParts): Promise<Answer | undefined>;
}
