import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PLUGIN = join(ROOT, 'local/serverless');

/** The entry points: the plugin, and the files that run in their own thread or process. */
const ENTRIES = {
  index: join(PLUGIN, 'index.ts'),
  'function-host': join(PLUGIN, 'function-host.ts'),
  preload: join(PLUGIN, 'preload.ts'),
  'engine-worker': join(ROOT, 'local/dynamodb/server/worker.ts'),
};

/** Defines `require`, because bundled CommonJS code loads Node's modules with it. */
const REQUIRE =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

const INDEX_TYPES = `export * from './types.js';
import type { PluginConstructor } from './types.js';
declare const plugin: PluginConstructor;
export default plugin;
`;

/** Makes `local/serverless/dist`, which needs no other package. @param out the folder to make */
export const buildPlugin = async (out = join(PLUGIN, 'dist')): Promise<void> => {
  rmSync(out, { recursive: true, force: true });
  await build({
    entryPoints: ENTRIES,
    outdir: out,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'],
    banner: { js: REQUIRE },
    legalComments: 'linked',
  });
  declare(out);
};

/** The types of the plugin and its options only. Inner types are not published. */
const declare = (out: string): void => {
  const folder = mkdtempSync(join(tmpdir(), 'plugin-types-'));
  const options = [
    '--declaration',
    '--emitDeclarationOnly',
    '--noEmit',
    'false',
    '--outDir',
    folder,
    '--rootDir',
    PLUGIN,
  ];
  const base = ['--ignoreConfig', '--target', 'es2024', '--module', 'nodenext', '--allowImportingTsExtensions'];
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const files = [join(PLUGIN, 'types.ts')];
  execFileSync(
    process.execPath,
    [tsc, ...base, '--strict', '--skipLibCheck', '--types', 'node', ...options, ...files],
    {
      cwd: ROOT,
      stdio: 'inherit',
    },
  );
  cpSync(join(folder, 'types.d.ts'), join(out, 'types.d.ts'));
  writeFileSync(join(out, 'index.d.ts'), INDEX_TYPES);
  rmSync(folder, { recursive: true, force: true });
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPlugin();
