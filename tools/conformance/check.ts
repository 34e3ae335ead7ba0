import type { S3Client } from '@aws-sdk/client-s3';
import type { Sockets } from '../../src/push/sockets.ts';
import type { Probed } from './stream-probe.ts';

/** What the checks are run on: each a real service, or what stands in for it. */
export interface Target extends Probed {
  s3: S3Client;
  /** The bucket of the stage's images. */
  imageBucket: string;
  sockets: Sockets;
  /** The address of the HTTP API. */
  http: string;
  /** The address of the WebSocket API. */
  websocket: string;
  /** The table of the stage. */
  table: string;
  /** Left out where nobody can log in. */
  login?: Login | undefined;
  /** Takes away whatever was made. */
  end(): Promise<void>;
}

/** A person who may use the stage. */
export interface Login {
  username: string;
  /** An access token. @param expiresIn seconds; only where tokens can be made at will */
  token(expiresIn?: number): Promise<string>;
  /** Whether tokens can be made at will. */
  makesTokens: boolean;
}

export type Outcome = { kind: 'holds' } | { kind: 'differs'; found: string } | { kind: 'not run'; why: string };

/** Something that we rely on. */
export interface Check {
  rule: string;
  run(target: Target): Promise<Outcome>;
}

export const HOLDS: Outcome = { kind: 'holds' };

export const differs = (found: string): Outcome => ({ kind: 'differs', found });

/** @param found what there is; it must be what is expected */
export const expectThat = (found: string, expected: string): Outcome => (found === expected ? HOLDS : differs(found));

/** A check that needs a person. */
export const withLogin =
  (act: (target: Target, login: Login) => Promise<Outcome>) =>
  async (target: Target): Promise<Outcome> =>
    target.login
      ? act(target, target.login)
      : { kind: 'not run', why: 'nobody can log in: give --token and --username' };
