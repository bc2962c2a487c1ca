// Holds the engine that this runtime gets against the laws, and answers a line that says how that went.
import { formatReport, verify } from '@headgate/conformance';
import { createMapEngine } from '@headgate/core-ts';
import { RateLimiter } from 'headgate';

/** Each law tries so many scenes: the suite's own tests try more, on Node. */
const RUNS = 40;

/** Deno's `terminate` answers while the thread still runs, and so the law can't know what it took. */
const NOT_HERE = 'Deno' in globalThis ? { 11: "Deno's terminate() answers before the thread has ended" } : {};

/** `native`: the module of the native engine, where there may be one. */
export async function keepsTheLaws(native) {
  const { backend } = new RateLimiter({ limit: 1, windowSeconds: 60 });
  const report =
    backend === 'native'
      ? await verify(native.createNativeEngine, { runs: RUNS, concurrency, skip: NOT_HERE })
      : await verify(createMapEngine, { runs: RUNS, skip: { 11: 'the TypeScript engine has one thread' } });
  const kept = report.laws.filter(({ status }) => status === 'passed').length;
  return report.passed ? `${backend} keeps ${kept} laws` : formatReport(report);
}

const concurrency = { module: '@headgate/core-native', export: 'createNativeEngine' };
