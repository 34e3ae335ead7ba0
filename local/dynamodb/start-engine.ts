import type { EngineKind } from './data-folder.ts';
import { DynamoDbLocal } from './dynamodb-local.ts';
import { EmbeddedEngine } from './embedded-engine.ts';
import type { Engine, EngineOptions } from './engine.ts';

const KINDS: EngineKind[] = ['embedded', 'dynamodb-local'];

/** The engine that the option names; without the option, the embedded one. @throws Error that names both engines */
export const engineKind = (word: string | undefined): EngineKind => {
  const kind = KINDS.find((known) => known === (word || 'embedded'));
  if (!kind) throw new Error(`There is no engine ${word}: choose ${KINDS.join(' or ')}`);
  return kind;
};

/** @throws Error when the port is taken, the data is another engine's, or Java is missing and needed */
export const startEngine = (options: EngineOptions, kind: EngineKind = 'embedded'): Promise<Engine> =>
  kind === 'embedded' ? EmbeddedEngine.start(options) : DynamoDbLocal.start(options);
