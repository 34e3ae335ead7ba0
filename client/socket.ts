/** As much of a WebSocket as is used: the browser's, Node's, and the `ws` package's all have it. */
export interface WebSocketLike {
  send(data: string): void;
  close(code?: number): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'close', listener: (event: { code?: number; reason?: string }) => void): void;
  addEventListener(type: 'error', listener: (event: { message?: string }) => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}

/** The version of the protocol, which the handshake agrees on. */
export const SUBPROTOCOL = 'deep-thoughts.v1';

/** The platform's WebSocket: of browsers, workers, and Node from 22 on. */
export const openWebSocket = (url: string, protocols: string[]): WebSocketLike => new WebSocket(url, protocols);

/** Calls when the network or the page has come back. @returns what ends it */
export type WatchWake = (wake: () => void) => () => void;

interface Target {
  addEventListener?(type: string, listener: () => void): void;
  removeEventListener?(type: string, listener: () => void): void;
}

/** The platform's signs that a connection may be dead, or possible again; Node has none. */
export const watchWake: WatchWake = (wake) => {
  const { document } = globalThis as { document?: Target & { visibilityState?: string } };
  const whenVisible = () => {
    if (document?.visibilityState === 'visible') wake();
  };
  const signs: [Target, string, () => void][] = [
    [globalThis as Target, 'online', wake],
    [globalThis as Target, 'pageshow', wake],
  ];
  if (document) signs.push([document, 'visibilitychange', whenVisible]);
  for (const [target, type, listener] of signs) target.addEventListener?.(type, listener);
  return () => {
    for (const [target, type, listener] of signs) target.removeEventListener?.(type, listener);
  };
};
