// Writes the README's tables again from the figures that are kept: after a change of what is said about them.
import { readmeSection as httpSection } from './http/report.mjs';
import { keptReport, updateReadme } from './report/files.mjs';
import { readmeSection } from './report/markdown.mjs';

const report = keptReport('results');
for (const asked of report.questions) {
  const { question } = await import(`./questions/${asked.name}.mjs`);
  Object.assign(asked, { title: question.title, note: question.note });
}
updateReadme(readmeSection(report, 'bench/results/results.svg'));
updateReadme(httpSection(keptReport('http')), undefined, 'bench-http');
