const { basename, join } = require('node:path');

/** What few invocations need: images and parked records (S3), and credentials from elsewhere than Lambda's environment. */
const RARELY_NEEDED =
  /^@aws-sdk\/(client-s3|s3-presigned-post|credential-provider-(http|ini|process|sso|web-identity))$|^@smithy\/credential-provider-imds$/;

/** The name by which a bundle imports what lies in the folder `<function>.rare`, wherever it stands itself. */
const IMPORTS = { '#rare/*': './*.js' };

/**
 * Bundles what is rarely needed by itself. Bundled with the rest it would share chunks with it, and a bundler puts into a shared
 * chunk whatever either side uses of a module: the S3 client's XML was read at every start.
 * @param plugins for these bundles
 */
const rarelyNeededApart = (plugins) => ({
  name: 'rarely-needed-apart',
  setup({ esbuild, initialOptions, onEnd, onResolve, resolve }) {
    const folder = `${basename(initialOptions.entryPoints[0], '.ts')}.rare`;
    const entryPoints = {};
    onResolve({ filter: RARELY_NEEDED }, async ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const name = path.replace('@', '').replaceAll('/', '-');
      entryPoints[name] = (await resolve(path, { kind: 'import-statement', resolveDir })).path;
      return { path: `#rare/${folder}/${name}`, external: true };
    });
    onEnd(async () => {
      if (Object.keys(entryPoints).length === 0) return;
      const { absWorkingDir, outdir, minify, format, platform, target, mainFields, logLevel } = initialOptions;
      // Sort them: the names of shared chunks depend on the order, and a changed name would change the deployment.
      const inOrder = Object.fromEntries(
        Object.entries(entryPoints).toSorted(([one], [other]) => (one < other ? -1 : 1)),
      );
      const same = { absWorkingDir, minify, format, platform, target, mainFields, logLevel };
      await esbuild.build({
        ...same,
        entryPoints: inOrder,
        outdir: join(outdir, folder),
        bundle: true,
        splitting: true,
        plugins,
      });
    });
  },
});

module.exports = { IMPORTS, rarelyNeededApart };
