import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const plugins = createRequire(import.meta.url)('../../../tools/bundling.cjs') as Plugin[];

const SOURCES = {
  'functions/greet.ts': `
    import ${JSON.stringify(fileURLToPath(new URL('../../../src/runtime/mapped-stack-traces.ts', import.meta.url)))};
    import { STATUS_CODES } from 'node:http';
    import { fail, shout } from 'loud';
    export const handler = async () => {
      if (process.env.RARELY) return (await import('../src/rare.ts')).rare();
      if (process.env.BROKEN) fail();
      if (process.env.BUCKET) return (await import('@aws-sdk/client-s3')).put();
      const hasUndici = process.moduleLoadList.some((name: string) => name.includes('undici'));
      return { words: shout(STATUS_CODES[200] ?? ''), hasUndici };
    };`,
  'src/rare.ts': `import { quiet } from 'low';\nexport const rare = () => { throw new Error(quiet('RARE')); };`,
  'node_modules/loud/index.js': `export { fail, shout } from './shout.js'; export { parse } from './parse.js';`,
  'node_modules/loud/shout.js': `export const shout = (text) => text.toUpperCase();\nexport const fail = () => { throw new Error('loud'); };`,
  'node_modules/loud/parse.js': `export const parse = (text) => 'parsed with much code: ' + text;`,
  'node_modules/@aws-sdk/client-s3/index.js': `import { parse } from 'loud';\nexport const put = () => parse('put');`,
  'node_modules/low/index.js': 'export const quiet = (text) => text.toLowerCase();',
};

describe('a bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deep-thoughts-bundle-'));
  const outdir = join(folder, 'out');
  const run = (env: Record<string, string> = {}): string => {
    const script = `const { readFileSync } = fs;
      fs.readFileSync = (file, ...more) => {
        if (String(file).endsWith('.map')) console.log('read', String(file));
        return readFileSync(file, ...more);
      };
      import(${JSON.stringify(join(outdir, 'greet.js'))})
      .then(({ handler }) => handler())
      .then((answer) => console.log(JSON.stringify(answer)), (error) => console.log(error.stack))`;
    return execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', env: { ...process.env, ...env } });
  };

  beforeAll(async () => {
    for (const [path, text] of Object.entries(SOURCES)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    await build({
      absWorkingDir: folder,
      entryPoints: ['functions/greet.ts'],
      outdir,
      bundle: true,
      minify: true,
      format: 'esm',
      splitting: true,
      platform: 'node',
      target: 'node24',
      sourcemap: 'linked',
      sourcesContent: false,
      plugins,
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const files = () => readdirSync(outdir, { recursive: true, encoding: 'utf8' });
  const textOf = (name: string) => readFileSync(join(outdir, name), 'utf8');

  it('has parts that are named after its function, and says that it is made of modules', () => {
    const scripts = files().filter((name) => name.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(1);
    for (const name of scripts) expect(name).toMatch(/^greet\./);
    expect(JSON.parse(readFileSync(join(outdir, 'package.json'), 'utf8'))).toMatchObject({ type: 'module' });
  });

  it('shares nothing with what is rarely needed, and finds it', () => {
    const scripts = files().filter((name) => name.endsWith('.js'));
    const apart = scripts.filter((name) => textOf(name).includes('parsed with much code'));
    expect(apart.length).toBeGreaterThan(0);
    for (const name of apart) expect(name).toMatch(/^greet\.rare/);
    expect(JSON.parse(run({ BUCKET: 'yes' }))).toBe('parsed with much code: put');
  });

  it('uses node:http without loading undici', () => {
    expect(JSON.parse(run())).toMatchObject({ words: 'OK', hasUndici: false });
  });

  it('reads no map before the first stack trace', () => {
    expect(run()).not.toContain('.map');
    expect(run({ RARELY: 'yes' })).toMatch(/^read .*\.map\n/);
  });

  it('has stack traces with the lines of our own code', () => {
    const stack = run({ RARELY: 'yes' });
    expect(stack).toContain('Error: rare');
    expect(stack).toMatch(/at .*\(?src\/rare\.ts:2:\d+\)?/);
  });

  it('has the positions in the bundle where it has no map', () => {
    expect(run({ BROKEN: 'yes' })).toMatch(/Error: loud\n {4}at .*greet\.js:\d+:\d+/);
  });

  it('names no map that is not there', () => {
    const named = files().flatMap((name) => {
      const [, map] = /\n\/\/# sourceMappingURL=(\S+)/.exec(name.endsWith('.js') ? textOf(name) : '') ?? [];
      return map ? [map] : [];
    });
    expect(named.toSorted()).toEqual(
      files()
        .filter((name) => name.endsWith('.map'))
        .toSorted(),
    );
  });

  it('has maps of our own code alone', () => {
    const maps = files().filter((name) => name.endsWith('.map'));
    expect(maps.length).toBeGreaterThan(0);
    for (const name of maps) {
      const { sources } = JSON.parse(readFileSync(join(outdir, name), 'utf8')) as { sources: (string | null)[] };
      expect(sources.join(' ')).not.toContain('node_modules');
    }
  });
});
