exports.find = () => {
  try {
    return { module: require('@nestjs/core') };
  } catch (error) {
    return { error };
  }
};
