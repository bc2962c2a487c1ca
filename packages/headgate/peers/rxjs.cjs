const { createRequire } = require('node:module');

// From where @nestjs/core is: Nest's own, which whoever has Nest has.
exports.find = () => {
  try {
    return { module: createRequire(require.resolve('@nestjs/core'))('rxjs') };
  } catch (error) {
    return { error };
  }
};
