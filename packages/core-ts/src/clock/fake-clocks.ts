import type { Clock } from '../contract.js';

/*
 * Test runners fake the global clocks (Jest, Vitest, Sinon, node:test, Deno's FakeTime, MockDate), and all of them
 * replace `Date` by a function of their own. It can be told from the runtime's by how it prints (ECMA-262,
 * NativeFunction): one of JavaScript has its source, and a `Proxy` has no name.
 */

const RUNTIMES_OWN = /^function Date\(\)\s*\{\s*\[native code\]\s*\}$/;

let knownDate = Date;
let faked = isFake(knownDate);
let ownPerformance = faked ? undefined : globalPerformance();
let ownTimers = faked ? undefined : globalTimers();

/** Timers of one kind, real or fake. */
export interface Timers {
  setTimeout(wake: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Whether the global clocks are faked now. One comparison while `Date` is the same. */
export function areClocksFaked(): boolean {
  if (Date !== knownDate) {
    knownDate = Date;
    faked = isFake(knownDate);
    if (!faked) {
      ownPerformance ??= globalPerformance();
      ownTimers ??= globalTimers();
    }
  }
  return faked;
}

/** The runtime's `performance`, also while another is put in its place; `undefined` where none was ever seen. */
export function realPerformance(): Clock | undefined {
  areClocksFaked();
  return ownPerformance;
}

/** The timers that go with the clocks: fake ones where clocks are faked, and the runtime's where they are not. */
export function currentTimers(): Timers {
  return areClocksFaked() ? globalTimers() : (ownTimers ?? globalTimers());
}

/** A `Date` that can't be read is nothing to follow: under SES it may answer `NaN`, or throw. */
function isFake(date: DateConstructor): boolean {
  if (RUNTIMES_OWN.test(Function.prototype.toString.call(date))) return false;
  try {
    return Number.isFinite(date.now());
  } catch {
    return false;
  }
}

/** Bound to what it is: some fakes replace the method of the same object. */
function globalPerformance(): Clock | undefined {
  const found: Clock | undefined = globalThis.performance;
  return typeof found?.now === 'function' ? { now: found.now.bind(found) } : undefined;
}

/** Looked up by name and kept: what is put in their place later is another kind. */
function globalTimers(): Timers {
  const { setTimeout, clearTimeout } = globalThis as unknown as Timers;
  return { setTimeout: (wake, ms) => setTimeout(wake, ms), clearTimeout: (timer) => clearTimeout(timer) };
}
