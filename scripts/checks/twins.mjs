// Holds the twins against each other: what both engines call by one name stands in the same order in both.
//
//   node scripts/checks/twins.mjs         fails where the order differs, and says what only one side has
//   node scripts/checks/twins.mjs --all   fails, too, for what only one side has, unless ONE_SIDED says why
import { readFileSync } from 'node:fs';
import ts from 'typescript';

/** TypeScript and Rust. An impl that is spread over files is read in this order. */
const PAIRS = [
  ['algorithms/fixed-window.ts', ['algorithms/fixed_window.rs']],
  ['algorithms/sliding-window.ts', ['algorithms/sliding_window.rs']],
  ['algorithms/token-bucket.ts', ['algorithms/token_bucket.rs']],
  ['engine/policy-set.ts', ['engine/policy_set.rs']],
  ['engine/eviction-order.ts', ['engine/eviction_order.rs']],
  ['engine/reservations.ts', ['engine/reservations.rs']],
  ['engine/room.ts', ['engine/entries/room.rs']],
  ['memory/slab.ts', ['memory/slab.rs']],
];

/** One name for two things: in Rust `next` is the entry that is looked at next, and `spent` stands with `Mark`. */
const NO_TWINS = ['new', 'next', 'spent'];

/** What others may call and that only one side has, by the start of the pair's name: why. */
const ONE_SIDED = [
  {
    in: 'algorithms/',
    why: 'TypeScript asks the state for each number by itself; Rust works all of them out at once, as a Verdict',
    names: ['remaining', 'within', 'fits', 'row', 'retry_after_ms', 'reset_after_ms', 'decide', 'leave', 'has_rank'],
  },
  {
    in: 'algorithms/',
    why: 'how the time is read as seldom as can be: by what is known of the last reading, or by the rough clock',
    names: ['can_add_within', 'add_between', 'decide_roughly', 'bounds_ms', 'repaid_ms'],
  },
  {
    in: 'algorithms/',
    why: "a state's size: one function of each algorithm in TypeScript; in Rust that of the type, but for the sliding window",
    names: ['words_of', 'words'],
  },
  {
    in: 'algorithms/',
    why: 'what is one line for an algorithm, Rust says in algorithms/mod.rs',
    names: ['change_mark'],
  },
  {
    in: 'algorithms/sliding-window.ts',
    why: 'how old a state is, which only the snapshots of Rust ask',
    names: ['forget_expired', 'least_age_ms'],
  },
  {
    in: 'engine/policy-set.ts',
    why: 'Rust has these in policy_changes.rs: what calls with limits of their own leave, and changes of policies',
    names: ['of', 'kept_from_ms', 'keep_from', 'drop_expired', 'is_fresh_by', 'change'],
  },
  {
    in: 'engine/policy-set.ts',
    why: 'Rust takes and places in one look; TypeScript does so in take-in-place.ts',
    names: ['take', 'take_roughly', 'standing', 'rank', 'due_after_ms'],
  },
  {
    in: 'engine/policy-set.ts',
    why: 'Rust hands rows to JavaScript, which makes decisions of them',
    names: ['rows', 'rows_after', 'len', 'decision', 'wait_ms'],
  },
  {
    in: 'engine/policy-set.ts',
    why: 'numbers of the set: a field in TypeScript, or worked out where they are needed',
    names: ['words', 'span_ms'],
  },
  {
    in: 'engine/eviction-order.ts',
    why: "TypeScript reads an entry's list from the slab, and its rank by RANK_SHIFT",
    names: ['rank', 'list'],
  },
  {
    in: 'engine/eviction-order.ts',
    why: 'a time that take-in-place.ts asks for, and one that the shared engine does',
    names: ['start_ms', 'passed_ms'],
  },
  { in: 'engine/eviction-order.ts', why: 'only shards compare whose entry goes first', names: ['first_to_go'] },
  {
    in: 'engine/reservations.ts',
    why: 'TypeScript hands the policies over; in Rust PolicySet goes through them, and calls these for each',
    names: ['before_taking', 'settle', 'lower_newest', 'spend', 'since', 'give', 'remove'],
  },
  {
    in: 'engine/room.ts',
    why: 'shards share one budget of places, and look where room is; in TypeScript the entries say so',
    names: ['let_one_go', 'hint', 'places', 'has_room', 'room_due_ms'],
  },
  {
    in: 'memory/slab.ts',
    why: 'a slot is fields of several arrays in TypeScript, and words of one in Rust',
    names: ['name_of', 'at', 'list', 'set_list', 'marks', 'set_marks', 'set_next', 'previous', 'set_previous'].concat([
      'clear',
      'bytes',
      'get',
      'word',
    ]),
  },
];

const isStrict = process.argv.includes('--all');

let failed = 0;
for (const [tsFile, rsFiles] of PAIRS) {
  const ours = functionsInTypeScript(`packages/core-ts/src/${tsFile}`);
  const theirs = rsFiles.flatMap((file) => functionsInRust(`packages/core-native/src/${file}`));
  const [here, there] = [namesIn(ours, theirs), namesIn(theirs, ours)];
  const alone = [unexplained(tsFile, ours, theirs), unexplained(tsFile, theirs, ours)];
  const isInOrder = here.length >= 3 && here.join() === there.join();
  const passes = isInOrder && !(isStrict && alone.flat().length > 0);
  if (!passes) failed++;
  console.log(
    `${passes ? 'passed' : 'failed'}: ${tsFile}: ${here.length} names in common with ${rsFiles.join(' and ')}`,
  );
  if (!isInOrder) console.log(`  TypeScript: ${here.join(', ')}\n  Rust:       ${there.join(', ')}`);
  if (alone[0].length > 0) console.log(`  only in TypeScript: ${alone[0].join(', ')}`);
  if (alone[1].length > 0) console.log(`  only in Rust: ${alone[1].join(', ')}`);
}
console.log(`${PAIRS.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** The names of functions that the other side has too, in order. */
function namesIn(functions, others) {
  const names = functions.map(({ name }) => name).filter((name) => !NO_TWINS.includes(name));
  return [...new Set(names)].filter((name) => others.some((other) => other.name === name));
}

/** Public ones that the other side does not have, and that no reason is given for. */
function unexplained(pair, functions, others) {
  const explained = ONE_SIDED.filter((each) => pair.startsWith(each.in)).flatMap(({ names }) => names);
  const known = [...NO_TWINS, ...explained, ...others.map(({ name }) => name)];
  return functions.filter(({ name, isPublic }) => isPublic && !known.includes(name)).map(({ name }) => name);
}

/** In order, with names as Rust writes them. */
function functionsInTypeScript(file) {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  return source.statements.flatMap((statement) => {
    if (ts.isFunctionDeclaration(statement)) return [named(statement.name, isExported(statement))];
    if (!ts.isClassDeclaration(statement)) return [];
    return statement.members
      .filter((member) => ts.isMethodDeclaration(member) || ts.isGetAccessorDeclaration(member))
      .map(({ name }) => named(name, !ts.isPrivateIdentifier(name)));
  });
}

function isExported({ modifiers = [] }) {
  return modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function named({ text }, isPublic) {
  const name = text.replace('#', '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { name, isPublic };
}

/** In order, without tests. */
function functionsInRust(file) {
  const [text] = readFileSync(file, 'utf8').split('#[cfg(test)]');
  return [...text.matchAll(/^\s*(pub(?:\(\w+\))? )?fn (\w+)/gm)].map(([, visibility, name]) => ({
    name,
    isPublic: visibility !== undefined,
  }));
}
