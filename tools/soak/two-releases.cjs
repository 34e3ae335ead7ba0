const { basename, dirname, join } = require('node:path');

/**
 * A bundler's plugin that puts two releases of each function into one bundle: they are invoked in turns, as while a
 * release gets its traffic. Each invocation leaves a letter in a file, `<function>-calls` of the other release's folder:
 * `n` of the release of this tree, `b` of the one before.
 * @param {string} before the folder of the release before, with its `functions` and `src`
 */
module.exports = (before) => ({
  name: 'two-releases',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]functions[\\/]\w+\.ts$/ }, ({ path, suffix }) => {
      if (suffix === '?now' || path.startsWith(before)) return undefined;
      const file = basename(path);
      const calls = join(before, `${basename(path, '.ts')}-calls`);
      return {
        loader: 'ts',
        resolveDir: dirname(path),
        contents: `
          import { appendFileSync } from 'node:fs';
          import * as now from './${file}?now';
          import * as before from ${JSON.stringify(join(before, 'functions', file))};
          let calls = 0;
          export const handler = (event, context) => {
            const isNow = calls++ % 2 === 0;
            appendFileSync(${JSON.stringify(calls)}, isNow ? 'n' : 'b');
            return (isNow ? now : before).handler(event, context);
          };`,
      };
    });
  },
});
