import { join } from 'node:path';
import { assertWhole } from './whole-file.js';

/** What a binary exports, or why it can't be had. */
export type Found = { readonly exports: unknown } | { readonly error: unknown };

/**
 * The platform package's binary. Written out one by one and within `try`: bundlers and tracers follow only what they
 * can read, and take for optional what they don't find there.
 */
export function fromPackage(name: string): Found {
  try {
    switch (name) {
      case 'linux-x64-gnu':
        return { exports: require('@headgate/core-native-linux-x64-gnu') };
      case 'linux-x64-musl':
        return { exports: require('@headgate/core-native-linux-x64-musl') };
      case 'linux-arm64-gnu':
        return { exports: require('@headgate/core-native-linux-arm64-gnu') };
      case 'linux-arm64-musl':
        return { exports: require('@headgate/core-native-linux-arm64-musl') };
      case 'linux-arm-gnueabihf':
        return { exports: require('@headgate/core-native-linux-arm-gnueabihf') };
      case 'darwin-x64':
        return { exports: require('@headgate/core-native-darwin-x64') };
      case 'darwin-arm64':
        return { exports: require('@headgate/core-native-darwin-arm64') };
      case 'win32-x64-msvc':
        return { exports: require('@headgate/core-native-win32-x64-msvc') };
      case 'win32-arm64-msvc':
        return { exports: require('@headgate/core-native-win32-arm64-msvc') };
      default:
        return { error: `there is no package for ${name}` };
    }
  } catch (error) {
    return { error };
  }
}

/** What `cargo build` left beside this package. */
export function fromLocalBuild(name: string): Found {
  try {
    return { exports: openBinary(join(__dirname, '..', `headgate.${name}.node`)) };
  } catch (error) {
    return { error };
  }
}

/**
 * By a path and not by `require`: a bundler would want a loader for the file, and Node's ES modules take a path for a
 * URL, where `#`, `?` and `%` mean something else.
 *
 * @throws Error where the file is not there, was cut, is of another system, or addons are switched off.
 */
export function openBinary(path: string): unknown {
  assertWhole(path);
  const module = { exports: {} };
  process.dlopen(module, path);
  return module.exports;
}
