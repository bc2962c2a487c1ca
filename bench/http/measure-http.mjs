import { besideIt } from '../cores.mjs';
import { Draw } from '../keys.mjs';
import { describeRun } from '../machine.mjs';
import { updatePage, writeFigures } from '../report/files.mjs';
import { heading } from '../report/text.mjs';
import { FRAMEWORKS } from './frameworks.mjs';
import { judge } from './judge.mjs';
import { planOf } from './plan.mjs';
import { Child } from './processes/child.mjs';
import { frameworkText, pageSection } from './report.mjs';
import { runFramework } from './run-framework.mjs';
import { LIMITED, VARIANTS } from './variants.mjs';
import { verify } from './verify.mjs';

/** What a limiter adds to the CPU of a request, in each framework: ours, and what its users have today. */
export async function measureHttp({ quick, only, write, seed }) {
  const names = chosen(only);
  const packages = ['autocannon', ...Object.values(FRAMEWORKS).flatMap((framework) => framework.packages)];
  const run = { ...describeRun(packages), quick, seed: Number(seed), plan: planOf(quick) };
  const draw = new Draw(run.seed);
  const load = new Child('./load.mjs', [], besideIt);
  const frameworks = [];
  try {
    await load.answer();
    console.log(heading(run, undefined, {}));
    for (const name of names) {
      const marks = await marked(name);
      const variants = Object.keys(VARIANTS).filter((variant) => marks[variant]?.unavailable === undefined);
      const samples = await runFramework({ framework: name, variants, plan: run.plan, load, draw });
      const { title, peer } = FRAMEWORKS[name];
      const measured = { name, title, peer, marks, ...judge(FRAMEWORKS[name], samples) };
      console.log(frameworkText(measured));
      frameworks.push(measured);
    }
  } finally {
    load.kill();
  }
  const report = { ...run, frameworks };
  writeFigures(report, write ? 'http' : 'last-run.http');
  if (write) updatePage('docs/benchmarks.md', 'bench-http', pageSection(report));
}

/** What limited servers do otherwise than they should, and those that don't run: told with the figures. */
async function marked(framework) {
  const verdicts = await Promise.all(LIMITED.map(async (variant) => [variant, await verify(framework, variant)]));
  return Object.fromEntries(verdicts.filter(([, { wrong, unavailable }]) => (wrong ?? unavailable) !== undefined));
}

function chosen(only) {
  const all = Object.keys(FRAMEWORKS);
  if (only === undefined) return all;
  const names = only.split(',');
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) throw new RangeError(`no framework ${unknown}; there are ${all.join(', ')}`);
  return names;
}
