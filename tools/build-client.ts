import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CLIENT = join(ROOT, 'client');
const ENTRIES = ['index', 'core', 'store', 'react'];

/** What has the class of errors: `instanceof` holds for an error of one entry and the class of another. */
const SHARED = 'types';

/** esbuild makes no common chunks in CommonJS, so the entries require that file. */
const apart: Plugin = {
  name: 'apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: new RegExp(`^\\./${SHARED}\\.ts$`) }, () => ({ path: `./${SHARED}.cjs`, external: true })),
};

/** Makes `client/dist`: ESM and CommonJS, each with types of its own. @param out the folder to make */
export const buildClient = async (out = join(CLIENT, 'dist')): Promise<void> => {
  rmSync(out, { recursive: true, force: true });
  const entryPoints = ENTRIES.map((name) => join(CLIENT, `${name}.ts`));
  const shared = { entryPoints, outdir: out, bundle: true, external: ['react'], target: 'es2022', platform: 'neutral' };
  await build({ ...shared, platform: 'neutral', format: 'esm', splitting: true, chunkNames: 'shared-[hash]' });
  await build({
    ...shared,
    platform: 'neutral',
    format: 'cjs',
    entryPoints: [...entryPoints, join(CLIENT, `${SHARED}.ts`)],
    outExtension: { '.js': '.cjs' },
    plugins: [apart],
  });
  declare(out);
};

/** Types of each file, once for `import` and once for `require`: TypeScript takes their kind from the name. */
const declare = (out: string): void => {
  const files = ENTRIES.map((name) => join(CLIENT, `${name}.ts`));
  const options = ['--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--outDir', out, '--rootDir', CLIENT];
  const base = ['--ignoreConfig', '--target', 'es2024', '--module', 'nodenext', '--allowImportingTsExtensions'];
  const checks = ['--strict', '--skipLibCheck', '--lib', 'es2024,dom', '--types', 'react'];
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  execFileSync(process.execPath, [tsc, ...base, ...checks, ...options, ...files], { cwd: ROOT, stdio: 'inherit' });
  for (const name of readdirSync(out).filter((file) => file.endsWith('.d.ts'))) {
    const text = readFileSync(join(out, name), 'utf8');
    const withExtension = (extension: string) => text.replaceAll(/(from '\.\/[\w-]+)\.ts'/g, `$1${extension}'`);
    writeFileSync(join(out, name), withExtension('.js'));
    writeFileSync(join(out, name.replace(/\.ts$/, '.cts')), withExtension('.cjs'));
  }
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildClient();
