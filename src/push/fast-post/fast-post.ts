import type { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { PostSigner, type PreparedFrame, prepareFrame } from './signer.ts';
import { type PoolLimits, SocketPool } from './socket-pool.ts';
import type { WireOutcome } from './wire-socket.ts';

/** The request was not sent, for this does not know how; the SDK does, or says what is wrong. */
export type FastOutcome = WireOutcome | { kind: 'not_mine' };

const LIMITS: PoolLimits = { sockets: 50, requestMs: 1_500, idleMs: 20_000 };
/** So many frames stay ready for their next connection: more than are ever under way at once. */
const PREPARED_FRAMES = 128;
/** What API Gateway makes connection ids of. */
const CONNECTION_ID = /^[\w=+/-]+$/;

interface Gateway {
  host: string;
  path: string;
  region: string;
  pool: SocketPool;
}

/**
 * PostToConnection without the SDK's middleware, for a small part of its CPU. Where the gateway is, with which keys to
 * sign, and how far its clock is away, the SDK's client knows; it is asked once a second.
 */
export class FastPost {
  readonly #client: ApiGatewayManagementApiClient;
  readonly #now: () => number;
  readonly #limits: PoolLimits;
  readonly #frames = new Map<string, PreparedFrame>();
  #gateway: Gateway | undefined;
  #signer: PostSigner | undefined;
  #signerSecond = -1;
  #refreshing: Promise<void> | undefined;

  constructor(client: ApiGatewayManagementApiClient, now: () => number, limits: Partial<PoolLimits> = {}) {
    this.#client = client;
    this.#now = now;
    this.#limits = { ...LIMITS, ...limits };
  }

  /** Sends a frame once at most, and never fails. */
  async post(cid: string, frame: string): Promise<FastOutcome> {
    if (!CONNECTION_ID.test(cid)) return { kind: 'not_mine' };
    const second = Math.floor(this.#now() / 1000);
    if (second !== this.#signerSecond) await (this.#refreshing ??= this.#refresh(second));
    if (!this.#gateway || !this.#signer) return { kind: 'not_mine' };
    return this.#gateway.pool.send(this.#signer.request(cid, this.#prepared(frame)));
  }

  /** Asks the client anew before the next frame: the keys, or the time, seem to be wrong. */
  distrust(): void {
    this.#signerSecond = -1;
  }

  close(): void {
    this.#gateway?.pool.close();
  }

  async #refresh(second: number): Promise<void> {
    const { config } = this.#client;
    try {
      this.#gateway ??= await this.#findGateway();
      const credentials = await config.credentials();
      this.#signer =
        this.#gateway && new PostSigner(this.#gateway, credentials, second * 1000 + config.systemClockOffset);
      this.#signerSecond = second;
    } catch {
      // The SDK meets the same when it is asked, and says what it is.
      this.#signer = undefined;
    } finally {
      this.#refreshing = undefined;
    }
  }

  async #findGateway(): Promise<Gateway | undefined> {
    const { config } = this.#client;
    const given = await config.endpoint?.();
    const found = given ? undefined : await config.serviceConfiguredEndpoint?.();
    const {
      protocol,
      hostname,
      port,
      pathname: path,
    } = given ? { ...given, pathname: given.path } : found ? new URL(found) : {};
    if (!hostname) return undefined;
    const isTls = protocol === 'https:';
    const host = port ? `${hostname}:${port}` : hostname;
    const address = { host: hostname, port: Number(port || (isTls ? 443 : 80)), isTls };
    return {
      host,
      path: (path ?? '').replace(/\/$/, ''),
      region: await config.region(),
      pool: new SocketPool(address, this.#limits, this.#now),
    };
  }

  #prepared(frame: string): PreparedFrame {
    const known = this.#frames.get(frame);
    if (known) return known;
    if (this.#frames.size >= PREPARED_FRAMES) this.#frames.clear();
    const prepared = prepareFrame(frame);
    this.#frames.set(frame, prepared);
    return prepared;
  }
}
