import { channel, subscribe } from 'node:diagnostics_channel';

/** One step of the stack's work: an answered request, an invocation, or a call of AWS. */
export interface Span {
  name: string;
  /** Milliseconds since 1970, with fractions. */
  startedAt: number;
  ms: number;
}

/** A published message: a name, and times by this process's `performance.now()`. */
interface Told {
  name: string;
  startedAt: number;
  endedAt: number;
}

const invocations = channel('deep-thoughts.invocation');

/** Runs some work, and publishes a span of it while a trace is being recorded. */
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
 * Records spans of this process: answers of its HTTP servers, invocations of functions, and their requests to AWS.
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

  /** @returns the spans since the last call, in the order of their start */
  take(): Span[] {
    const spans = this.#spans.toSorted((one, other) => one.startedAt - other.startedAt);
    this.#spans = [];
    return spans;
  }
}
