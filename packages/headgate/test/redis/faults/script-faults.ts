import { listed } from './fault.js';

/** In what all policies, blocks and reservations of a key come to. */
export const scriptFaults = [
  ...listed(
    'lua/policies.lua',
    [16],
    [
      [
        'of several policies only the first is charged',
        '    if own > 0 then terms',
        '    if own > 0 and i == 1 then terms',
      ],
      [
        'of several policies only the first is asked',
        'units_of(cost, i), now_ms) then return false end',
        'units_of(cost, i), now_ms) and i == 1 then return false end',
      ],
      [
        'the last block counts, not the longest',
        'terms.block_for_ms > asked_ms and not',
        'terms.block_for_ms > 0 and not',
      ],
      [
        'a cost that can never fit starts a block',
        '  if not can_ever_fit(policies, cost) then return asked_ms end\n',
        '',
      ],
    ],
  ),
  ...listed(
    'lua/policies.lua',
    [23, 16],
    [
      [
        'a bucket is forgotten by the limit of one call',
        'return math.max(0, terms.kept_ms - (now_ms - words[terms.at + TIME]))',
        'return 0',
      ],
    ],
  ),
  ...listed(
    'lua/reservations.lua',
    [16],
    [
      ['what was owed since does not bound a refund', 'low = math.min(low, list[each].marks[i].low)', 'low = low'],
      [
        'the newest reservation is settled, whatever is asked for',
        'if each.number == number then index = i end',
        'index = i',
      ],
      ['what was owed after a reservation is forgotten with it', 'do lower(before.marks[i], mark.low) end', 'do end'],
      ['a taking after a reservation is not noted', 'if algorithm.owed then lower(', 'if false then lower('],
    ],
  ),
  ...listed(
    'lua/calls.lua',
    [16, 23],
    [
      ['each denial extends the block', 'local asked_ms = is_blocked and 0 or ', 'local asked_ms = '],
      ['a block is taken for none', 'if not is_blocked and fits', 'if fits'],
      ['a block by hand shortens one', 'if block_left_ms(entry, now_ms) < ms then entry', 'if true then entry'],
      ['reset forgets nothing', '  entries[number] = empty_entry(size)\n', ''],
      [
        'reset says of any key that it was live',
        'tell(is_fresh(entry, policies, kept_from_ms, now_ms) and 0 or 1)',
        'tell(1)',
      ],
      [
        'a peek does not foresee the block',
        'if not allowed and blocked_ms == 0 then blocked_ms',
        'if false then blocked_ms',
      ],
      ['what was used beyond an estimate is free', 'if not is_none(more) then take_more', 'if false then take_more'],
      [
        'the limit of a call is not looked at',
        "if text == '' then return policies end",
        'if true then return policies end',
      ],
    ],
  ),
  ...listed(
    'lua/entry.lua',
    [16],
    [
      ['the short form drops a block', ' or entry.block_until_ms ~= -math.huge then return nil', ' then return nil'],
      ['the short form drops what is reserved', ' or #entry.reserved > 0 or', ' or'],
      ['what was written before a change goes by the new numbers', 'if seen_ms < change.at_ms or', 'if'],
    ],
  ),
  ...listed(
    'lua/take_by_fixed_windows.lua',
    [16],
    [
      [
        'a window ends one tick late',
        'now_ms - starts_ms[p] >= windows_ms[p] then',
        'now_ms - starts_ms[p] > windows_ms[p] then',
      ],
    ],
  ),
  ...listed('lua/take_by_fixed_windows.lua', 'short', [
    ['a part of a cost fits', 'math.floor(left / cost)', 'math.ceil(left / cost)'],
    ['of calls alike only one is counted', 'used[p] = used[p] + allowed * cost', 'used[p] = used[p] + cost'],
    [
      'the first of several windows alone is charged',
      'for p = 1, policies do used[p] = used[p] + allowed * cost end',
      'used[1] = used[1] + allowed * cost',
    ],
    ['a new key is charged one call', 'if not save_first(key, allowed * cost)', 'if not save_first(key, cost)'],
    ['keys with other units get the value of the first', 'first_values[taken] = first', 'first_values[1] = first'],
    [
      'the wait is that of the first policy',
      'tell(allowed < calls and wait_of(p, cost) or 0)',
      'tell(allowed < calls and wait_of(1, cost) or 0)',
    ],
    ['the policy that binds is the last', 'if wait_ms > most_ms then', 'if wait_ms >= most_ms then'],
    ['keys before the first denial are not told', 'if is_all_allowed then tell_before(i) end', ''],
    ['large numbers are cut off', 'used[1] < 2 ^ 40 and LONE_FORM', 'used[1] < 2 ^ 48 and LONE_FORM'],
  ]),
  ...listed('lua/entry.lua', 'turns', [
    ['large numbers are cut off', 'words[1 + USED] < 2 ^ 40', 'words[1 + USED] < 2 ^ 48'],
  ]),
  ...listed('lua/take_by_fixed_windows.lua', 'values', [
    ['a key stays for ever', ", 'PX', string.format('%.0f', left_ms + LONGER_MS))", ')'],
    ['a new key stays for ever', "first, 'PX', first_ttl, 'NX')", "first, 'NX')"],
    ['a key goes before its window does', 'left_ms + LONGER_MS', 'left_ms - LONGER_MS'],
    ['a new key goes before its window does', 'longest_ms + LONGER_MS', 'longest_ms - LONGER_MS'],
    ['a text of the right length is taken for a state', '  if value:byte(1) ~= SHORT then return false end\n', ''],
    ['what another program wrote is replaced', "'PX', first_ttl, 'NX')", "'PX', first_ttl)"],
  ]),
  ...listed('lua/entry.lua', 'values', [
    ['a key stays for ever', ", 'PX', string.format('%.0f', ttl_ms))", ')'],
    ['a key goes before its block does', 'math.max(block_left_ms(entry, now_ms), due_ms)', 'due_ms'],
    ['a value that goes on is taken for a state', '  if from ~= #value + 1 then return nil end\n', ''],
  ]),
  ...listed('lua/calls.lua', 'resent', [
    ['a call that is sent again is run again', 'then return RUN_BEFORE end', 'then end'],
    ['of a call the number is not noted', "  redis.call('SET', tracker, ARGV[3], 'EX', REMEMBERED_S)\n", ''],
  ]),
  ...listed('lua/take_by_fixed_windows.lua', 'resent', [
    ['a call that is sent again is run again', 'then return RUN_BEFORE end', 'then end'],
  ]),
  ...listed('lua/entry.lua', 'steps', [
    ['a block lasts longer when the clock has stepped back', 'entry.block_until_ms = entry.block_until_ms - ms', ''],
    [
      'a step back of the clock is taken anew by each call',
      'entry.has_stepped = seen_ms - now_ms > MOST_JITTER_MS',
      'entry.has_stepped = false',
    ],
    [
      'a reservation is lost when the clock has stepped back',
      'mark.start_ms = mark.start_ms - ms',
      'mark.start_ms = mark.start_ms',
    ],
  ]),
  ...listed('lua/take_by_fixed_windows.lua', 'steps', [
    [
      'a window lasts longer when the clock has stepped back',
      'starts_ms[p] = starts_ms[p] - back_ms',
      'starts_ms[p] = starts_ms[p]',
    ],
    [
      'a step back of the clock is taken anew by each call',
      'has_stepped = back_ms > MOST_JITTER_MS',
      'has_stepped = false',
    ],
  ]),
  ...listed('lua/hits.lua', 'hits', [
    ['hits go below none', 'local has_any = entry.hits > 0', 'local has_any = true'],
    ['a hit starts a window of its own length', 'or moves and entry.window_ms', 'or entry.window_ms'],
    ['a window of another length goes on', "take_arg() == '1'\n  local above", "take_arg() == 'never'\n  local above"],
    ['what stays above starts the window anew', 'not (once and before > above)', 'true'],
    ['what comes above starts no longer window', '(entry.hits - above - 1)', '0'],
    [
      'what is set goes on from what there was',
      'entry.hits, entry.block_ms = whole(hits), 0',
      'entry.hits = entry.hits + hits',
    ],
    [
      'a key that is forgotten stays',
      '  tell_entry(entry)\n  entry.window_ms, entry.hits, entry.block_ms = 0, 0, 0\n',
      '  tell_entry(entry)\n',
    ],
    ['a block is none', 'if blocked_ms > 0 then return', 'if false then return'],
    ['the count goes on after a block', 'if entry.block_ms > 0 then\n', 'if false then\n'],
    ['what is denied counts where there is no block', 'elseif entry.hits >= limit then', 'elseif false then'],
    ['a window that is over goes on', 'if now_ms - entry.start_ms >= entry.window_ms then', 'if false then'],
    [
      'a step back of the clock is taken anew by each call',
      'entry.block_from_ms) - now_ms > MOST_JITTER_MS',
      'entry.block_from_ms) < 0',
    ],
    [
      'a window lasts longer when the clock has stepped back',
      '  entry.start_ms = math.min(entry.start_ms, now_ms)\n',
      '',
    ],
    ['a call of the same turn does not see the one before', 'if entries[number] == nil then\n', 'if true then\n'],
  ]),
];
