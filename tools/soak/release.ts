import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
/** In the tree, so that what is imported from packages is found. */
const FOLDER = join(ROOT, '.local/releases');
const FUNCTIONS = ['http', 'websocket', 'stream'];

/** The history of the project does not hold the release here. */
export class ReleaseUnavailable extends Error {
  readonly code = 'release_unavailable';
  override readonly name = 'ReleaseUnavailable';
}

/** The functions of a release, unpacked beside those of this tree. */
export interface Release {
  commit: string;
  folder: string;
}

const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();

/**
 * Unpacks a release from the project's history.
 * @param ref a tag or a commit; the last tag before this commit when it is left out
 * @throws ReleaseUnavailable when there is no such release, or no history
 */
export const unpackRelease = (ref?: string): Release => {
  try {
    const name = ref ?? git('describe', '--tags', '--abbrev=0', 'HEAD^');
    const commit = git('rev-parse', '--verify', '--short=12', `${name}^{commit}`);
    const folder = join(FOLDER, commit);
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const archive = join(folder, 'release.tar');
    git('archive', '--format=tar', '--output', archive, commit, 'functions', 'src');
    execFileSync('tar', ['-xf', archive, '-C', folder]);
    return { commit, folder };
  } catch (error) {
    const [reason = ''] = String((error as { stderr?: unknown }).stderr ?? error).split('\n');
    const asked = ref === undefined ? 'No release is tagged: name a commit with --from' : `There is no release ${ref}`;
    throw new ReleaseUnavailable(`${asked} (${reason})`);
  }
};

/** How often each function was invoked: of this tree, and of the release before. */
export const invocationsOf = ({ folder }: Release): Record<string, { now: number; before: number }> =>
  Object.fromEntries(
    FUNCTIONS.map((name) => {
      const calls = readFileSync(join(folder, `${name}-calls`), 'utf8');
      const now = calls.replaceAll('b', '').length;
      return [name, { now, before: calls.length - now }];
    }),
  );
