exports.find = () => {
  try {
    return { module: require('@nestjs/common') };
  } catch (error) {
    return { error };
  }
};
