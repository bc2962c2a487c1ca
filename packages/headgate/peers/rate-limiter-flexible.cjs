exports.find = () => {
  try {
    return { module: require('rate-limiter-flexible') };
  } catch (error) {
    return { error };
  }
};
