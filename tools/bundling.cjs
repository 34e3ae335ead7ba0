const { readFile, rm, writeFile } = require('node:fs/promises');
const { basename, join } = require('node:path');
const { decode, encode } = require('@jridgewell/sourcemap-codec');
const { IMPORTS, rarelyNeededApart } = require('./rarely-needed.cjs');

/**
 * A function's chunks are named after it: serverless-esbuild puts every file that begins with another function's name,
 * and no other, out of a function's artefact.
 */
const chunksByFunction = {
  name: 'chunks-by-function',
  setup({ initialOptions }) {
    const [entry] = initialOptions.entryPoints;
    initialOptions.chunkNames = `${basename(entry, '.ts')}.[name]-[hash]`;
  },
};

/** Lambda, Node and `sls invoke local` learn from this that the bundles beside it are ES modules, and where they find what is rarely needed. */
const markedAsModules = {
  name: 'marked-as-modules',
  setup({ initialOptions, onEnd }) {
    const text = JSON.stringify({ type: 'module', imports: IMPORTS });
    onEnd(() => writeFile(join(initialOptions.outdir, 'package.json'), `${text}\n`));
  },
};

/**
 * An ES module that imports one of Node's modules makes Node read all of its exports, and some are made only then: of `node:http`
 * undici (20 ms), of `node:tls` the texts of the root certificates (4 ms). So a bundle reads only the exports that it uses.
 */
const nodeModulesInPart = {
  name: 'node-modules-in-part',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?(crypto|http|tls)$/ }, ({ path, importer, kind }) => {
      const name = path.replace(/^(node:)?/, 'node:');
      if (kind !== 'import-statement') return { path: name, namespace: 'required' };
      // A copy for each file that imports it: a common one would be a chunk, and each chunk takes 0.4 ms of a start.
      return { path: `${name} for ${importer}`, pluginData: name, namespace: 'in-part' };
    });
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({ contents: `module.exports = ${builtin(path)};` }));
    onLoad({ filter: /.*/, namespace: 'in-part' }, ({ pluginData: name }) => {
      const names = Object.getOwnPropertyNames(process.getBuiltinModule(name));
      const exported = names.map((key) => `export const ${key} = /* @__PURE__ */ (() => all.${key})();`);
      return { contents: [`const all = ${builtin(name)};`, 'export default all;', ...exported].join('\n') };
    });
  },
};
const builtin = (name) => `process.getBuiltinModule(${JSON.stringify(name)})`;

/**
 * Maps are for our own stack traces (`src/runtime/mapped-stack-traces.ts`): they say nothing of dependencies, which would make them five
 * times as large.
 */
const mapsOfOwnCode = {
  name: 'maps-of-own-code',
  setup({ initialOptions, onEnd }) {
    initialOptions.metafile = true;
    onEnd(async ({ metafile }) => {
      const maps = Object.keys(metafile?.outputs ?? {}).filter((path) => path.endsWith('.map'));
      await Promise.all(maps.map((path) => keepOwnCode(join(initialOptions.absWorkingDir ?? process.cwd(), path))));
    });
  },
};

/** Takes what concerns dependencies out of a map, and the map away when nothing is left. */
const keepOwnCode = async (path) => {
  const map = JSON.parse(await readFile(path, 'utf8'));
  const isOwn = (source) => source !== undefined && !map.sources[source].includes('node_modules/');
  const lines = decode(map.mappings).map((segments) =>
    segments
      .map((segment) => (isOwn(segment[1]) ? segment.slice(0, 4) : segment.slice(0, 1)))
      // One segment without a source ends ours; more say nothing new.
      .filter((segment, at, all) => segment.length > 1 || all[at - 1]?.length !== 1),
  );
  if (lines.flat().every(({ length }) => length === 1)) return removeMap(path);
  const sources = map.sources.map((source, at) => (isOwn(at) ? source : null));
  return writeFile(path, JSON.stringify({ ...map, sources, names: [], mappings: encode(lines) }));
};

/** The comment that names the map goes, too: debuggers would look for it. */
const removeMap = async (path) => {
  const code = path.replace(/\.map$/, '');
  await writeFile(code, (await readFile(code, 'utf8')).replace(/\n\/\/# sourceMappingURL=\S+\s*$/, '\n'));
  await rm(path);
};

// `npm run soak -- upgrade` sets it for the stack that it starts.
const { SOAK_RELEASE_BEFORE: before } = process.env;
const twoReleases = before ? [require('./soak/two-releases.cjs')(before)] : [];

module.exports = [
  ...twoReleases,
  chunksByFunction,
  markedAsModules,
  rarelyNeededApart([nodeModulesInPart]),
  nodeModulesInPart,
  mapsOfOwnCode,
];
