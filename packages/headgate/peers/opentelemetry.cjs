exports.find = () => {
  try {
    return { module: require('@opentelemetry/api') };
  } catch (error) {
    return { error };
  }
};
