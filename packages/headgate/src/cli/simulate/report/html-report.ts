import { builtPage } from '../../../pages/built.js';
import { PAGE } from './built-report-page.js';
import type { Report } from './report.js';

/** The report as one page that asks for nothing from elsewhere. What is in it of strangers is data, never markup. */
export async function htmlReport(report: Report): Promise<string> {
  const data = JSON.stringify(report).replace(
    /[<\u2028\u2029]/g,
    (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  const [before = '', after = ''] = (await builtPage(PAGE)).split('>"REPORT"<');
  return `${before}>${data}<${after}`;
}
