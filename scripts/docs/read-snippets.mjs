const BLOCK = /(?:<!-- ([^\n]*?) -->\n)?^```(ts|js|mjs|cjs)\n(.*?)^```$/gms;
const MARKS = ['types only', 'not run', 'not checked'];

/** The examples of a page, in their order. */
export function readSnippets(page, text) {
  const folder = page.replace(/\.md$/, '').replaceAll('/', '-');
  return [...text.matchAll(BLOCK)].flatMap((match, i) => {
    const [, comment = '', language, code] = match;
    if (comment.startsWith('examples/')) return []; // a test holds it to that file, which is run
    const line = text.slice(0, match.index + match[0].indexOf('```')).split('\n').length;
    const { file, mark, reason } = readComment(comment, `${page}:${line}`);
    const extension = language === 'ts' ? 'ts' : 'mjs';
    return {
      name: `${page}:${line}`,
      path: `${folder}/${file ?? `${i}.${extension}`}`,
      code,
      language,
      isTyped: language === 'ts' && mark !== 'not checked',
      runs: mark === undefined,
      isParsed: mark !== 'not checked',
      reason: mark === undefined ? undefined : `${mark}: ${reason}`,
    };
  });
}

function readComment(comment, where) {
  const [, said] = comment.match(/^snippet: (.*)$/) ?? [];
  if (said === undefined) return {};
  const [, file] = said.match(/^file (\S+)$/) ?? [];
  if (file !== undefined) return { file };
  const mark = MARKS.find((each) => said.startsWith(`${each}: `));
  if (mark === undefined) throw new Error(`${where}: what does the comment "${comment}" mean?`);
  return { mark, reason: said.slice(mark.length + 2) };
}
