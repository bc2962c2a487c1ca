import { listed } from './fault.js';

/** In each algorithm's arithmetic: the edges of times and units, a clock that steps back, refunds, other numbers. */
export const algorithmFaults = [
  ...listed(
    'lua/fixed_window.lua',
    [16],
    [
      [
        'a window ends one tick late',
        'now_ms - words[at + TIME] >= terms.window_ms',
        'now_ms - words[at + TIME] > terms.window_ms',
      ],
      [
        'the last unit of a window is denied',
        'return cost <= fixed_window.remaining',
        'return cost < fixed_window.remaining',
      ],
      [
        'a window is told to last 1 ms longer',
        'return terms.window_ms - (now_ms - words[at + TIME])',
        'return terms.window_ms - (now_ms - words[at + TIME]) + 1',
      ],
      ['a refund reaches the next window', 'if words[at + TIME] == mark.start_ms and not', 'if not'],
      ['a window starts anew with other numbers', 'to[at + TIME] = from[was + TIME]', 'to[at + TIME] = now_ms'],
    ],
  ),
  ...listed(
    'lua/sliding_window.lua',
    [16],
    [
      [
        'a sub-window is dropped one tick early',
        'terms.sub_window_ms - 1 + terms.window_ms',
        'terms.sub_window_ms - 2 + terms.window_ms',
      ],
      ['units that were dropped stay in the ring', '    words[place] = 0\n', ''],
      [
        'units are taken for older with other numbers',
        '(sub_window + 1) * from.sub_window_ms - 1',
        'sub_window * from.sub_window_ms',
      ],
      ['the newest sub-window stays when it is given back', 'while used > 0 and words', 'while false and words'],
    ],
  ),
  ...listed(
    'lua/token_bucket.lua',
    [16],
    [
      ['a bucket forgets the rest of a debt', 'return debt - repaid', 'return debt - repaid - 1'],
      ['a wait is rounded down', 'return math.ceil(missing / terms.limit)', 'return math.floor(missing / terms.limit)'],
      ['a part of a unit counts as a whole', 'math.floor(room / terms.window_ms)', 'math.ceil(room / terms.window_ms)'],
      [
        'the burst is not looked at',
        '<= (terms.burst - cost) * terms.window_ms',
        '<= (terms.limit - cost) * terms.window_ms',
      ],
      [
        'a debt is rounded down with other numbers',
        'math.ceil(rest * terms.window_ms / old.window_ms)',
        'math.floor(rest * terms.window_ms / old.window_ms)',
      ],
      [
        'a refund is not bound by what was owed since',
        'units * terms.window_ms, mark.low, debt)',
        'units * terms.window_ms, debt)',
      ],
    ],
  ),
  ...listed('lua/sliding_window.lua', 'refunds', [
    [
      'a refund reaches a sub-window that was dropped',
      'return is_same and mark.sub_window >= words[at + OLDEST]',
      'return is_same',
    ],
  ]),
  ...listed('lua/fixed_window.lua', 'steps', [
    [
      'a window lasts longer when the clock has stepped back',
      'words[at + TIME] = words[at + TIME] - ms',
      'words[at + TIME] = words[at + TIME]',
    ],
  ]),
  ...listed('lua/sliding_window.lua', 'steps', [
    [
      'a window lasts longer when the clock has stepped back',
      'words[at + TIME] = words[at + TIME] - ms',
      'words[at + TIME] = words[at + TIME]',
    ],
  ]),
  ...listed('lua/token_bucket.lua', 'steps', [
    [
      'a debt lasts longer when the clock has stepped back',
      'words[at + TIME] = words[at + TIME] - ms',
      'words[at + TIME] = words[at + TIME]',
    ],
  ]),
];
