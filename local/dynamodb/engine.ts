import type { RecordSignal } from '../event-source-mapping/record-signal.ts';
import type { EngineKind } from './data-folder.ts';

/** A DynamoDB on this machine, with its streams at the same endpoint. */
export interface Engine {
  readonly kind: EngineKind;
  readonly endpoint: string;
  /** Whether a restart finds the data again. */
  readonly isDurable: boolean;
  /** Announces new records of the engine's streams. DynamoDB Local has no announcements. */
  readonly announcements?: RecordSignal;
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
  /** The file of the embedded engine's thread, when it is not beside the sources. */
  worker?: URL | undefined;
  /** Called with the reason, in words, when the engine ends without being asked to. */
  onEnd?: ((reason: string) => void) | undefined;
}
