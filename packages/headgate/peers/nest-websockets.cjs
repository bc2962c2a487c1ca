const { createRequire } = require('node:module');

// From where @nestjs/core is, whose optional peer it is: so it is the application's own.
exports.find = () => {
  try {
    return { module: createRequire(require.resolve('@nestjs/core'))('@nestjs/websockets') };
  } catch (error) {
    return { error };
  }
};
