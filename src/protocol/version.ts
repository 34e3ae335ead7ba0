/** The version of the protocol, as a WebSocket subprotocol: https://www.rfc-editor.org/rfc/rfc6455#section-1.9 */
export const SUBPROTOCOL = 'deep-thoughts.v1';

export type Negotiation = { kind: 'none offered' } | { kind: 'agreed'; protocol: string } | { kind: 'none in common' };

/**
 * What a handshake's `Sec-WebSocket-Protocol` comes to. A client that offers versions fails by itself when it gets
 * none of them back; one that offers none, as the first release's, is taken for this version.
 */
export const negotiateSubprotocol = (headers: Record<string, string | undefined> = {}): Negotiation => {
  const offered = Object.entries(headers).find(([name]) => name.toLowerCase() === 'sec-websocket-protocol')?.[1];
  if (!offered) return { kind: 'none offered' };
  const isOurs = offered.split(',').some((protocol) => protocol.trim() === SUBPROTOCOL);
  return isOurs ? { kind: 'agreed', protocol: SUBPROTOCOL } : { kind: 'none in common' };
};
