import type { EngineKind } from './data-folder.ts';
import { DynamoDbLocal } from './dynamodb-local.ts';
import { EmbeddedEngine } from './embedded-engine.ts';

/** A DynamoDB on this machine, with its streams at the same endpoint. */
export interface Engine {
  readonly kind: EngineKind;
  readonly endpoint: string;
  /** Whether a restart finds the data again. */
  readonly isDurable: boolean;
  /** Kills it in the middle of whatever it does, and starts it again on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface EngineOptions {
  /** 0: any free port; DynamoDB Local needs a number. */
  port: number;
  /** Keep the data in this folder; in memory when left out. */
  dataDir?: string | undefined;
  /** Milliseconds from an item's time to live until it is removed. The embedded engine only. */
  expiryDelayMs?: number | undefined;
  /** Called with the reason, in words, when the engine ends without being asked to. */
  onEnd?: ((reason: string) => void) | undefined;
}

const KINDS: EngineKind[] = ['embedded', 'dynamodb-local'];

/** The engine that an option names; the embedded one without the option. @throws Error that names both */
export const engineKind = (word: string | undefined): EngineKind => {
  const kind = KINDS.find((known) => known === (word || 'embedded'));
  if (!kind) throw new Error(`There is no engine ${word}: choose ${KINDS.join(' or ')}`);
  return kind;
};

/** @throws Error when the port is taken, the data is another engine's, or Java is missing and needed */
export const startEngine = (options: EngineOptions, kind: EngineKind = 'embedded'): Promise<Engine> =>
  kind === 'embedded' ? EmbeddedEngine.start(options) : DynamoDbLocal.start(options);
