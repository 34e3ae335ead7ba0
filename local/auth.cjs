// serverless-offline loads this with require, and wants the function itself.
module.exports = require('./auth.ts').authenticationFor;
