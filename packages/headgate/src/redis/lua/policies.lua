-- What all policies say of one entry. Reads side by side with core-ts/src/engine/policy-set.ts.

-- Policies as they are handed over: letter, limit, window, burst and block of each.
local function terms_of(letter, limit, window_ms, burst, block_for_ms)
  local sub_window_ms = math.max(1, math.floor(window_ms / 10))
  local kept_ms = 0
  if letter == 't' then kept_ms = burst == limit and window_ms or math.min(burst * window_ms, MOST_WINDOW_MS) end
  return {
    letter = letter,
    algorithm = ALGORITHMS[letter],
    limit = limit,
    window_ms = window_ms,
    burst = burst,
    block_for_ms = block_for_ms,
    sub_window_ms = sub_window_ms,
    sub_windows = math.floor((window_ms - 2) / sub_window_ms) + 2,
    kept_ms = kept_ms,
  }
end

-- Where each policy's state begins among the words of an entry, from 1 on, and where they end.
local function offsets_of(policies)
  local at = 1
  for _, terms in ipairs(policies) do
    terms.at = at
    at = at + terms.algorithm.words_of(terms)
  end
  return at - 1
end

local function units_of(units, i)
  return type(units) == 'number' and units or units[i]
end

local function is_none(units)
  if type(units) == 'number' then return units == 0 end
  for _, own in ipairs(units) do
    if own > 0 then return false end
  end
  return true
end

local function can_ever_fit(policies, cost)
  for i, terms in ipairs(policies) do
    if units_of(cost, i) > terms.burst then return false end
  end
  return true
end

local function fits(policies, words, cost, now_ms)
  for i, terms in ipairs(policies) do
    if not terms.algorithm.fits(words, terms.at, terms, units_of(cost, i), now_ms) then return false end
  end
  return true
end

local function add(policies, words, units, now_ms)
  for i, terms in ipairs(policies) do
    local own = units_of(units, i)
    if own > 0 then terms.algorithm.add(words, terms.at, terms, own, now_ms) end
  end
end

-- For how long the denial of a cost blocks the key: the longest block of the policies that deny it.
local function block_asked_ms(policies, words, cost, now_ms)
  local asked_ms = 0
  if not can_ever_fit(policies, cost) then return asked_ms end
  for i, terms in ipairs(policies) do
    if terms.block_for_ms > asked_ms and not terms.algorithm.fits(words, terms.at, terms, units_of(cost, i), now_ms) then
      asked_ms = terms.block_for_ms
    end
  end
  return asked_ms
end

-- How long a state is held for calls with limits of their own.
local function kept_for_ms(terms, words, kept_from_ms, now_ms)
  if words[terms.at + USED] == 0 or words[terms.at + TIME] < kept_from_ms then return 0 end
  return math.max(0, terms.kept_ms - (now_ms - words[terms.at + TIME]))
end

local function is_fresh_by(terms, words, kept_from_ms, now_ms)
  return terms.algorithm.is_fresh(words, terms.at, terms, now_ms) and kept_for_ms(terms, words, kept_from_ms, now_ms) == 0
end

-- Forgets what is over by these limits: others may look at it differently.
local function drop_expired(policies, words, kept_from_ms, now_ms)
  for _, terms in ipairs(policies) do
    if is_fresh_by(terms, words, kept_from_ms, now_ms) then words[terms.at + USED] = 0 end
  end
end

-- In how long the key is as good as never seen.
local function due_after_ms(policies, words, kept_from_ms, now_ms)
  local after_ms = 0
  for _, terms in ipairs(policies) do
    local own_ms = terms.algorithm.reset_after_ms(words, terms.at, terms, now_ms)
    after_ms = math.max(after_ms, own_ms, kept_for_ms(terms, words, kept_from_ms, now_ms))
  end
  return after_ms
end
