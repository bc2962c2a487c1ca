// Writes the README's table again from the figures that are kept: after a change of what is said about them.

import { keptReport, updateReadme } from './report/files.mjs';
import { readmeSection } from './report/markdown.mjs';

const report = keptReport();
for (const asked of report.questions) {
  const { question } = await import(`./questions/${asked.name}.mjs`);
  Object.assign(asked, { title: question.title, note: question.note });
}
updateReadme(readmeSection(report, 'bench/results/results.svg'));
