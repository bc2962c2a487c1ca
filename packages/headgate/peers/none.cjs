// The same as none.js, for CommonJS.
exports.find = () => ({
  error: new Error('this build is for a runtime without Node modules (by the package conditions that resolved it)'),
});
