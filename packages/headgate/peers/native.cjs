// `require` of a literal, so that tracers and bundlers see it, within `try`, so that bundlers take it for optional.
exports.find = () => {
  try {
    return { module: require('@headgate/core-native') };
  } catch (error) {
    return { error };
  }
};
