import manifest from '../package.json';

/** That of this package: it takes no binary of another one, and `headgate` takes no other `@headgate/core-native`. */
export const version: string = manifest.version;
