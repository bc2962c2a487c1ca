-- A key's window starts at its first taken unit and lasts window_ms. Its words: the window's first instant, and the
-- units taken in it. Reads side by side with core-ts/src/algorithms/fixed-window.ts.
local fixed_window = {}

function fixed_window.words_of()
  return 2
end

function fixed_window.is_fresh(words, at, terms, now_ms)
  return words[at + USED] == 0 or now_ms - words[at + TIME] >= terms.window_ms
end

function fixed_window.remaining(words, at, terms, now_ms)
  if fixed_window.is_fresh(words, at, terms, now_ms) then return terms.limit end
  return math.max(0, terms.limit - words[at + USED])
end

function fixed_window.fits(words, at, terms, cost, now_ms)
  return cost <= fixed_window.remaining(words, at, terms, now_ms)
end

function fixed_window.add(words, at, terms, units, now_ms)
  if fixed_window.is_fresh(words, at, terms, now_ms) then
    words[at + TIME] = now_ms
    words[at + USED] = math.min(units, MOST_UNITS)
  else
    words[at + USED] = math.min(words[at + USED] + units, MOST_UNITS)
  end
end

function fixed_window.has_room_for(words, at, terms, units, now_ms)
  return fixed_window.is_fresh(words, at, terms, now_ms) or words[at + USED] + units <= MOST_UNITS
end

function fixed_window.mark(words, at)
  return { start_ms = words[at + TIME], sub_window = 0, low = 0 }
end

function fixed_window.refund(words, at, terms, mark, units, now_ms)
  if words[at + TIME] == mark.start_ms and not fixed_window.is_fresh(words, at, terms, now_ms) then
    words[at + USED] = math.max(0, words[at + USED] - units)
  end
  return 0
end

-- The window goes on, with the new length and the new limit.
function fixed_window.change(from, was, old, to, at, _, now_ms)
  if fixed_window.is_fresh(from, was, old, now_ms) then return end
  to[at + TIME] = from[was + TIME]
  to[at + USED] = from[was + USED]
end

function fixed_window.change_mark() end

function fixed_window.reset_after_ms(words, at, terms, now_ms)
  if fixed_window.is_fresh(words, at, terms, now_ms) then return 0 end
  return terms.window_ms - (now_ms - words[at + TIME])
end

function fixed_window.retry_after_ms(words, at, terms, cost, now_ms)
  if cost > terms.limit then return math.huge end
  if fixed_window.fits(words, at, terms, cost, now_ms) then return 0 end
  return fixed_window.reset_after_ms(words, at, terms, now_ms)
end

function fixed_window.shift(words, at, ms)
  words[at + TIME] = words[at + TIME] - ms
end

ALGORITHMS.f = fixed_window
