// Writes the tables again from the figures that are kept: after a change of what is said about them.
import { pageSection as httpSection } from './http/report.mjs';
import { redisSection } from './redis/measure-redis.mjs';
import { keptReport, updateContended, updatePage, updatePages } from './report/files.mjs';
import { loadQuestion } from './run/questions.mjs';
import { pageSection as simulateSection } from './simulate/measure-simulate.mjs';
import { pageSection as startSection } from './start/report.mjs';

const [report, contended] = await Promise.all(['results', 'contended'].map(worded));
updatePages(report);
updateContended(contended);
updatePage('docs/benchmarks.md', 'bench-http', httpSection(keptReport('http')));
updatePage('docs/benchmarks.md', 'bench-redis', redisSection(keptReport('redis')));
updatePage('docs/benchmarks.md', 'bench-simulate', simulateSection(keptReport('simulate')));
updatePage('docs/benchmarks.md', 'bench-start', startSection(keptReport('start')));

/** The figures that are kept, with what is said of them now. */
async function worded(name) {
  const kept = keptReport(name);
  for (const asked of kept.questions) {
    const question = await loadQuestion(asked.name);
    Object.assign(asked, { title: question.title, note: question.note });
  }
  return kept;
}
