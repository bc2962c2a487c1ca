const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { crc32 } = require('node:zlib');
const sealed = require('./binary.js');

// A binary that was cut or changed on the disk may end the process that loads it, so it is read first.
const path = join(__dirname, 'headgate.linux-arm-gnueabihf.node');
const bytes = readFileSync(path);
if (bytes.length !== sealed.bytes)
  throw new Error(`${path} is damaged: it has ${bytes.length} bytes in the place of ${sealed.bytes}`);
// Not every runtime has the function.
if (crc32 !== undefined && crc32(bytes) !== sealed.crc32)
  throw new Error(`${path} is damaged: its checksum is not the one that it was published with`);

// By a path and not by `require`: tracers take the file along, and bundlers, which have no loader for it, let it be.
process.dlopen(module, join(__dirname, 'headgate.linux-arm-gnueabihf.node'));
