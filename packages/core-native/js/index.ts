export type { Attempt } from './loader.js';
export { createNativeEngine, type NativeStatus, nativeStatus } from './native-engine.js';
export { version } from './version.js';
