// Takes the place of every file here where a package's conditions say that there are no Node modules.
export const find = () => ({
  error: new Error('this build is for a runtime without Node modules (by the package conditions that resolved it)'),
});
