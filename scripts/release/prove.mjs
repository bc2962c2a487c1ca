// Proves the binary of one platform, on it: that the loader takes it, and that it keeps all laws. It runs in the folder
// that kit.mjs makes: node prove.mjs linux-x64-musl. HEADGATE_RUNS says how many values each law is tried on.
import { differential, formatFailure, formatReport, verify } from '@headgate/conformance';
import native from '@headgate/core-native';
import { createMapEngine } from '@headgate/core-ts';
import { seal } from './seal.mjs';

const { createNativeEngine, nativeStatus, version } = native;
const [platform] = process.argv.slice(2);

seal(`node_modules/@headgate/core-native-${platform}`); // as when it is packed

const { available, tried } = nativeStatus();
const taken = tried.find(({ error }) => error === undefined)?.what;
if (!available || taken !== `package @headgate/core-native-${platform}`) {
  console.log(`the binary of ${platform} is not what the loader took here:`);
  for (const { what, error } of tried) console.log(`  ${what}: ${error ?? 'taken'}`);
  console.log('0 passed, 1 failed');
  process.exit(1);
}
console.log(`${taken} ${version}, Node ${process.versions.node} on ${process.platform}-${process.arch}`);

const report = await verify(createNativeEngine, {
  concurrency: { module: '@headgate/core-native', export: 'createNativeEngine' },
});
console.log(formatReport(report));
const beside = await differential(createNativeEngine, createMapEngine);
console.log(beside.status === 'passed' ? 'answers as the TypeScript engine does' : formatFailure(beside));

const results = [...report.laws, beside];
const failed = results.filter(({ status }) => status !== 'passed').length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
