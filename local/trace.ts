import { channel, subscribe } from 'node:diagnostics_channel';

/** One hop of what the stack does. */
export interface Span {
  name: string;
  /** Milliseconds since 1970, with fractions. */
  startedAt: number;
  ms: number;
}

/** What publishers tell: names, and times by this process's `performance.now()`. */
interface Told {
  name: string;
  startedAt: number;
  endedAt: number;
}

const invocations = channel('deep-thoughts.invocation');

/** Does some work, and tells of it when a trace is being taken. */
export const traced = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  if (!invocations.hasSubscribers) return work();
  const startedAt = performance.now();
  try {
    return await work();
  } finally {
    invocations.publish({ name, startedAt, endedAt: performance.now() } satisfies Told);
  }
};

/**
 * Collects what this process's HTTP servers answer, which functions are invoked, and what these ask of AWS.
 * @see https://nodejs.org/api/diagnostics_channel.html#http
 */
export class Trace {
  #spans: Span[] = [];

  constructor() {
    const add = ({ name, startedAt, endedAt }: Told): void => {
      this.#spans.push({ name, startedAt: performance.timeOrigin + startedAt, ms: endedAt - startedAt });
    };
    subscribe('deep-thoughts.invocation', (told) => add(told as Told));
    subscribe('deep-thoughts.request', (told) => add(told as Told));
    const begun = new WeakMap<object, number>();
    subscribe('http.server.request.start', (message) => {
      begun.set((message as { request: object }).request, performance.now());
    });
    subscribe('http.server.response.finish', (message) => {
      const { request } = message as { request: { method?: string; url?: string } };
      const startedAt = begun.get(request);
      const name = `answer ${request.method} ${request.url?.replace(/(@connections\/|\?).*/, '$1…')}`;
      if (startedAt !== undefined) add({ name, startedAt, endedAt: performance.now() });
    });
  }

  /** @returns what came since the last time, the earliest first */
  take(): Span[] {
    const spans = this.#spans.toSorted((one, other) => one.startedAt - other.startedAt);
    this.#spans = [];
    return spans;
  }
}
