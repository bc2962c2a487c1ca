exports.find = () => {
  try {
    return { module: require('prom-client') };
  } catch (error) {
    return { error };
  }
};
