-- Time since the key's first unit is cut into sub-windows, a tenth of the window each, and each counts as a whole until
-- its last instant is one window ago. Its words: when the first unit was taken, the units that count, the newest
-- sub-window, the oldest that still counts, the length of the window that it was kept by, and a ring with the units of
-- each sub-window. Reads side by side with core-ts/src/algorithms/sliding-window.ts.
local sliding_window = {}

local NEWEST, OLDEST, KEPT_BY, RING = 2, 3, 4, 5

function sliding_window.words_of(terms)
  return RING + terms.sub_windows
end

-- When a sub-window counts no more, in time since the start.
local function drops_at_ms(sub_window, terms)
  return (sub_window + 1) * terms.sub_window_ms - 1 + terms.window_ms
end

-- Forgets the sub-windows whose last instant is one window ago or more.
local function drop(words, at, terms, now_ms)
  local used = words[at + USED]
  if used == 0 then return end
  local since_start_ms = now_ms - words[at + TIME]
  local sub_window = words[at + OLDEST]
  if since_start_ms < drops_at_ms(sub_window, terms) then return end
  local newest = words[at + NEWEST]
  while sub_window <= newest and since_start_ms >= drops_at_ms(sub_window, terms) do
    local place = at + RING + sub_window % terms.sub_windows
    used = used - words[place]
    words[place] = 0
    sub_window = sub_window + 1
  end
  words[at + USED] = used
  words[at + OLDEST] = sub_window
end

function sliding_window.is_fresh(words, at, terms, now_ms)
  drop(words, at, terms, now_ms)
  return words[at + USED] == 0
end

function sliding_window.remaining(words, at, terms, now_ms)
  drop(words, at, terms, now_ms)
  return math.max(0, terms.limit - words[at + USED])
end

function sliding_window.fits(words, at, terms, cost, now_ms)
  return cost <= sliding_window.remaining(words, at, terms, now_ms)
end

function sliding_window.add(words, at, terms, units, now_ms)
  drop(words, at, terms, now_ms)
  local used = words[at + USED]
  if used == 0 then
    for i = 0, RING + terms.sub_windows - 1 do words[at + i] = 0 end
    words[at + TIME] = now_ms
    words[at + KEPT_BY] = terms.window_ms
  end
  local sub_window = math.floor((now_ms - words[at + TIME]) / terms.sub_window_ms)
  local counted = math.min(units, MOST_UNITS - used)
  if counted == 0 then return end
  local place = at + RING + sub_window % terms.sub_windows
  words[place] = words[place] + counted
  words[at + NEWEST] = sub_window
  words[at + USED] = used + counted
end

function sliding_window.has_room_for(words, at, terms, units, now_ms)
  drop(words, at, terms, now_ms)
  return words[at + USED] + units <= MOST_UNITS
end

function sliding_window.mark(words, at)
  return { start_ms = words[at + TIME], sub_window = words[at + NEWEST], low = 0 }
end

-- Units count as long as their sub-window does.
local function counts(words, at, terms, mark, now_ms)
  drop(words, at, terms, now_ms)
  local is_same = words[at + USED] > 0 and words[at + TIME] == mark.start_ms
  return is_same and mark.sub_window >= words[at + OLDEST]
end

-- The newest sub-window is then the last one that has units.
function sliding_window.refund(words, at, terms, mark, units, now_ms)
  if not counts(words, at, terms, mark, now_ms) then return 0 end
  local place = at + RING + mark.sub_window % terms.sub_windows
  local given = math.min(units, words[place])
  words[place] = words[place] - given
  local used = words[at + USED] - given
  words[at + USED] = used
  local newest = words[at + NEWEST]
  while used > 0 and words[at + RING + newest % terms.sub_windows] == 0 do newest = newest - 1 end
  words[at + NEWEST] = newest
  return 0
end

local function sub_window_after(sub_window, from, to, since_start_ms)
  return math.floor(math.min((sub_window + 1) * from.sub_window_ms - 1, since_start_ms) / to.sub_window_ms)
end

-- What counts goes into the new sub-windows, each by the last instant at which it can have been taken.
function sliding_window.change(from, was, old, to, at, terms, now_ms)
  drop(from, was, old, now_ms)
  if from[was + USED] == 0 then return end
  local start_ms = from[was + TIME]
  to[at + TIME] = start_ms
  to[at + KEPT_BY] = terms.window_ms
  local since_start_ms = now_ms - start_ms
  local used = 0
  for sub = from[was + OLDEST], from[was + NEWEST] do
    local units = from[was + RING + sub % old.sub_windows]
    local into = sub_window_after(sub, old, terms, since_start_ms)
    if units ~= 0 and drops_at_ms(into, terms) > since_start_ms then
      if used == 0 then to[at + OLDEST] = into end
      local place = at + RING + into % terms.sub_windows
      to[place] = to[place] + units
      to[at + NEWEST] = into
      used = used + units
    end
  end
  to[at + USED] = used
end

-- Called before the state is changed.
function sliding_window.change_mark(from, was, old, terms, mark, now_ms)
  if not counts(from, was, old, mark, now_ms) then
    mark.sub_window = -1
  else
    mark.sub_window = sub_window_after(mark.sub_window, old, terms, now_ms - from[was + TIME])
  end
end

function sliding_window.reset_after_ms(words, at, terms, now_ms)
  drop(words, at, terms, now_ms)
  if words[at + USED] == 0 then return 0 end
  return drops_at_ms(words[at + NEWEST], terms) - (now_ms - words[at + TIME])
end

function sliding_window.retry_after_ms(words, at, terms, cost, now_ms)
  if cost > terms.limit then return math.huge end
  if sliding_window.fits(words, at, terms, cost, now_ms) then return 0 end
  local sub_window = words[at + OLDEST]
  local left = words[at + USED] - words[at + RING + sub_window % terms.sub_windows]
  while cost > terms.limit - left do
    sub_window = sub_window + 1
    left = left - words[at + RING + sub_window % terms.sub_windows]
  end
  return drops_at_ms(sub_window, terms) - (now_ms - words[at + TIME])
end

function sliding_window.shift(words, at, ms)
  words[at + TIME] = words[at + TIME] - ms
end

ALGORITHMS.s = sliding_window
