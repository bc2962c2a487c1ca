// By a path and not by `require`: tracers take the file along, and bundlers, which have no loader for it, let it be.
const { join } = require('node:path');

process.dlopen(module, join(__dirname, 'headgate.linux-x64-musl.node'));
