// The one file here that any Node can read: it says so when this Node is too old for the others.
const [major] = process.versions.node.split('.').map(Number);
if (major < 24) {
  throw new Error(
    `Node ${process.version} runs, and 24 is needed. It comes with \`npm ci\` (not with --ignore-scripts); start with npm or npx, or put node_modules/.bin first in PATH.`,
  );
}
module.exports = require('./serverless-plugin.ts').ServerlessPlugin;
