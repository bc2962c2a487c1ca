/** The files in `questions/`, by their folders, in the order in which they are asked and shown. */
const FOLDERS = {
  keys: ['hot-key', 'blocked-key', 'blocked-crowd', 'keys-100', 'keys-10k', 'keys-1m', 'zipf-1m', 'allow-many'],
  algorithms: ['check-beside-allow', 'token-bucket', 'sliding-window', 'three-limits'],
  memory: ['churn', 'insert-1m', 'insert-1m-pause', 'insert-8m-pause', 'keys-17m', 'expire-1m', 'block-survives'],
  threads: ['two-threads-hot', 'two-threads-10k'],
};

export const QUESTIONS = Object.values(FOLDERS).flat();

/** What is asked with the memory contended, of our own engines: that is about what they find in the caches. */
export const CONTENDED_QUESTIONS = [
  'hot-key',
  'keys-10k',
  'zipf-1m',
  'check-beside-allow',
  'token-bucket',
  'sliding-window',
  'three-limits',
  'churn',
];

/** What a quick run asks, the most telling first: it ends when its time is over. */
export const QUICK_QUESTIONS = [
  'hot-key',
  'keys-10k',
  'check-beside-allow',
  'sliding-window',
  'token-bucket',
  'three-limits',
  'blocked-key',
  'churn',
  'allow-many',
  'two-threads-hot',
  'two-threads-10k',
  'zipf-1m',
];

export async function loadQuestion(name) {
  const [folder] = Object.entries(FOLDERS).find(([, names]) => names.includes(name));
  return (await import(`../questions/${folder}/${name}.mjs`)).question;
}
