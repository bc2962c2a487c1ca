// For runtimes that find packages by themselves.
import * as native from '@headgate/core-native';
import { keepsTheLaws } from './laws.mjs';

console.log(await keepsTheLaws(native));
