// The framework loads plugins with require.
module.exports = require('./deploy-plugin.ts').DeployPlugin;
