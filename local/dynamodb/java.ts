import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const NEEDED = 17;

export type JavaOutcome = { kind: 'found'; command: string } | { kind: 'unusable'; advice: string };

const INSTALL: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'brew install openjdk@17',
  win32: 'winget install EclipseAdoptium.Temurin.17.JRE',
};

const advice = (found: string): string =>
  [
    `${found}; DynamoDB Local needs Java ${NEEDED} or newer.`,
    `  Install it:   ${INSTALL[process.platform] ?? 'sudo apt-get install openjdk-17-jre-headless'}`,
    '  Or leave out --engine dynamodb-local: the embedded engine needs no Java.',
  ].join('\n');

/** Finds a Java that can run DynamoDB Local: `JAVA_HOME`'s, or the one in the path. */
export const findJava = (environment = process.env): JavaOutcome => {
  const command = environment.JAVA_HOME ? join(environment.JAVA_HOME, 'bin', 'java') : 'java';
  const result = spawnSync(command, ['-version'], { encoding: 'utf8', env: environment });
  if (result.error || result.status !== 0) return { kind: 'unusable', advice: advice('Java was not found') };
  const version = /version "(\d+)(?:\.(\d+))?/.exec(result.stderr);
  // Up to Java 8 the first number was always 1.
  const major = Number(version?.[1] === '1' ? version[2] : version?.[1]);
  if (!(major >= NEEDED)) return { kind: 'unusable', advice: advice(`Java ${major} was found`) };
  return { kind: 'found', command };
};
