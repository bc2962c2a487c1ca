/** The files in `questions/`, in the order in which they are asked and shown. */
export const QUESTIONS = [
  'hot-key',
  'blocked-key',
  'blocked-crowd',
  'keys-100',
  'keys-10k',
  'keys-1m',
  'check-beside-allow',
  'insert-1m',
  'insert-1m-pause',
  'expire-1m',
  'two-threads-hot',
  'two-threads-10k',
];
