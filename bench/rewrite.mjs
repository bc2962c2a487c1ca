// Writes the tables again from the figures that are kept: after a change of what is said about them.
import { pageSection as httpSection } from './http/report.mjs';
import { keptReport, updatePage, updatePages } from './report/files.mjs';
import { loadQuestion } from './run/questions.mjs';

const report = keptReport('results');
for (const asked of report.questions) {
  const question = await loadQuestion(asked.name);
  Object.assign(asked, { title: question.title, note: question.note });
}
updatePages(report);
updatePage('docs/benchmarks.md', 'bench-http', httpSection(keptReport('http')));
