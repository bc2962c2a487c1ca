module.exports = {
  testMatch: ['**/jest.test.cjs'],
  moduleFileExtensions: ['js', 'cjs', 'json', 'node'],
  transform: {},
};
