-- The generic cell rate algorithm on whole numbers: a unit taken is a debt of window_ms, and each millisecond repays
-- limit. Its words: when the debt was noted, the debt as it was then, and the length of the window that it was kept by.
-- Reads side by side with core-ts/src/algorithms/token-bucket.ts.
local token_bucket = {}

local KEPT_BY = 2
local MOST_BUCKETS_OWED = 1024

function token_bucket.words_of()
  return 3
end

-- The debt now.
function token_bucket.owed(words, at, terms, now_ms)
  local debt = words[at + USED]
  local since_ms = now_ms - words[at + TIME]
  if terms.limit == 0 then return since_ms < terms.window_ms and debt or 0 end
  local repaid = since_ms * terms.limit
  if debt == 0 or repaid >= debt then return 0 end
  return debt - repaid
end

function token_bucket.is_fresh(words, at, terms, now_ms)
  return token_bucket.owed(words, at, terms, now_ms) == 0
end

function token_bucket.remaining(words, at, terms, now_ms)
  local room = terms.burst * terms.window_ms - token_bucket.owed(words, at, terms, now_ms)
  return math.max(0, math.floor(room / terms.window_ms))
end

function token_bucket.fits(words, at, terms, cost, now_ms)
  if cost == 0 then return true end
  if cost > terms.burst then return false end
  return token_bucket.owed(words, at, terms, now_ms) <= (terms.burst - cost) * terms.window_ms
end

local function most_owed(terms)
  if terms.limit == 0 then return MOST_UNITS end
  return math.min(MOST_BUCKETS_OWED * terms.burst * terms.window_ms, MOST_UNITS)
end

function token_bucket.add(words, at, terms, units, now_ms)
  local debt = token_bucket.owed(words, at, terms, now_ms)
  local room = most_owed(terms) - debt
  words[at + USED] = debt + math.max(0, math.min(units * terms.window_ms, room))
  words[at + TIME] = now_ms
  words[at + KEPT_BY] = terms.window_ms
end

function token_bucket.has_room_for(words, at, terms, units, now_ms)
  return units * terms.window_ms <= most_owed(terms) - token_bucket.owed(words, at, terms, now_ms)
end

function token_bucket.mark(words, at)
  return { start_ms = 0, sub_window = 0, low = words[at + USED] }
end

-- Leaves the debt that there would be if the units had never been taken.
function token_bucket.refund(words, at, terms, mark, units, now_ms)
  local debt = token_bucket.owed(words, at, terms, now_ms)
  local given = math.min(units * terms.window_ms, mark.low, debt)
  if given == 0 then return 0 end
  words[at + USED] = debt - given
  words[at + TIME] = now_ms
  return given
end

-- The units that are owed stay so many, rounded up.
function token_bucket.change(from, was, old, to, at, terms, now_ms)
  local debt = token_bucket.owed(from, was, old, now_ms)
  local units = math.floor(debt / old.window_ms)
  local rest = debt - units * old.window_ms
  local part = math.ceil(rest * terms.window_ms / old.window_ms)
  to[at + USED] = math.min(units * terms.window_ms + part, most_owed(terms))
  to[at + TIME] = old.limit == 0 and terms.limit == 0 and from[was + TIME] or now_ms
  to[at + KEPT_BY] = terms.window_ms
end

-- Nothing comes back of what was reserved before.
function token_bucket.change_mark(_, _, _, _, mark)
  mark.low = 0
end

function token_bucket.reset_after_ms(words, at, terms, now_ms)
  local debt = token_bucket.owed(words, at, terms, now_ms)
  if debt == 0 then return 0 end
  if terms.limit == 0 then return terms.window_ms - (now_ms - words[at + TIME]) end
  return math.ceil(debt / terms.limit)
end

function token_bucket.retry_after_ms(words, at, terms, cost, now_ms)
  if cost > terms.burst then return math.huge end
  if cost == 0 then return 0 end
  local missing = token_bucket.owed(words, at, terms, now_ms) - (terms.burst - cost) * terms.window_ms
  if missing <= 0 then return 0 end
  return math.ceil(missing / terms.limit)
end

function token_bucket.shift(words, at, ms)
  words[at + TIME] = words[at + TIME] - ms
end

ALGORITHMS.t = token_bucket
