-- ARGV: the time, for tests; from when on calls have had limits of their own; the number of this script call, where the
-- client may send one twice; the number of policies, and of each its letter, limit, window, burst and block; how many
-- changes there were, and of each its time and the policies before it; then the calls, each with its letter, the number of
-- its key, and what it needs.
-- The answer: the time, and for each call its numbers. -2 in the place of them: another program wrote the key.
-- No list but -3: this script call was run before.
-- Reads side by side with core-ts/src/engine/map-engine.ts.

local FOREIGN, NEVER, RUN_BEFORE = -2, -1, -3
local REMEMBERED_S = 600
local LEAST_LEASED = 2

-- A client that lost its connection sends again what it has no answer to, in the order in which it was sent.
if ARGV[3] ~= '' then
  local tracker = KEYS[#KEYS]
  if tonumber(ARGV[3]) <= tonumber(redis.call('GET', tracker) or 0) then return RUN_BEFORE end
  redis.call('SET', tracker, ARGV[3], 'EX', REMEMBERED_S)
end

local given_ms, next_arg = ARGV[1], 5
local time = redis.call('TIME')
local now_ms = given_ms ~= '' and tonumber(given_ms) or time[1] * 1000 + math.floor(time[2] / 1000)
local kept_from_ms = tonumber(ARGV[2]) or math.huge

local count = tonumber(ARGV[4])

local function policies_from()
  local list = {}
  for i = 1, count do
    local numbers = {}
    for k = 1, 4 do numbers[k] = tonumber(ARGV[next_arg + k]) end
    list[i] = terms_of(ARGV[next_arg], unpack(numbers))
    next_arg = next_arg + 5
  end
  offsets_of(list)
  return list
end

local policies = policies_from()
local head = 'h1'
for _, terms in ipairs(policies) do head = head .. terms.letter end
-- When this process went over from which policies to the next ones.
local changes = {}
next_arg = next_arg + 1
for i = 1, tonumber(ARGV[next_arg - 1]) do
  next_arg = next_arg + 1
  local at_ms = tonumber(ARGV[next_arg - 1])
  local before = changes[i - 1]
  -- `number`: of those of its millisecond.
  local number = before and before.at_ms == at_ms and before.number + 1 or 1
  changes[i] = { at_ms = at_ms, number = number, policies = policies_from() }
end
local size = offsets_of(policies)

-- The next argument.
local function take_arg()
  next_arg = next_arg + 1
  return ARGV[next_arg - 1]
end

-- A number, or one for each policy.
local function units_arg()
  local text = take_arg()
  local units = tonumber(text)
  if units ~= nil then return units end
  local list = {}
  for part in text:gmatch('[^,]+') do list[#list + 1] = tonumber(part) end
  return list
end

-- The policies by a call's own limits and bursts, or the limiter's where it has none.
local function policies_arg()
  local text = take_arg()
  if text == '' then return policies end
  local own, i = {}, 0
  for limit, burst in text:gmatch('([^:,]+):([^:,]+)') do
    i = i + 1
    local terms = policies[i]
    own[i] = terms_of(terms.letter, tonumber(limit), terms.window_ms, tonumber(burst), terms.block_for_ms)
    own[i].at = terms.at
  end
  return own
end

local entries, changed = {}, {}

local function entry_of(number)
  if entries[number] == nil then
    entries[number] = load(KEYS[number], policies, changes, head, size, now_ms) or false
    if entries[number] and entries[number].has_stepped then changed[number] = true end
  end
  return entries[number]
end

-- By policies of the call's own, what is over by the limiter's is over.
local function look(entry, by)
  if by ~= policies then drop_expired(policies, entry.words, kept_from_ms, now_ms) end
end

local function take_more(entry, units, by)
  before_taking(entry.reserved, units, by, entry.words, now_ms)
  add(by, entry.words, units, now_ms)
end

-- Takes the cost if it fits; a denial may block the key.
local function take(number, entry, cost, by)
  local is_blocked = block_left_ms(entry, now_ms) > 0
  if not is_blocked and fits(by, entry.words, cost, now_ms) then
    if not is_none(cost) then
      take_more(entry, cost, by)
      changed[number] = true
    end
    return true
  end
  local asked_ms = is_blocked and 0 or block_asked_ms(by, entry.words, cost, now_ms)
  if asked_ms > 0 then
    entry.block_until_ms = now_ms + asked_ms
    changed[number] = true
  end
  return false
end

local answer = { now_ms }

local function tell(number)
  if number == math.huge then number = NEVER end
  -- Clients read large numbers wrongly.
  answer[#answer + 1] = number > 2 ^ 51 and string.format('%.0f', number) or number
end

-- How the key stands: whether it is allowed, for how long it is blocked, and of each policy what is left, the reset and
-- the wait.
local function tell_decision(allowed, blocked_ms, entry, cost, by)
  tell(allowed and 1 or 0)
  tell(blocked_ms)
  for i, terms in ipairs(by) do
    local algorithm = terms.algorithm
    tell(algorithm.remaining(entry.words, terms.at, terms, now_ms))
    tell(algorithm.reset_after_ms(entry.words, terms.at, terms, now_ms))
    tell(allowed and 0 or algorithm.retry_after_ms(entry.words, terms.at, terms, units_of(cost, i), now_ms))
  end
end

-- The policy that binds a denial, counted from 0, and how long to wait.
local function binding(entry, cost, by)
  local most, number = -1, 0
  for i, terms in ipairs(by) do
    local wait_ms = terms.algorithm.retry_after_ms(entry.words, terms.at, terms, units_of(cost, i), now_ms)
    if wait_ms > most then most, number = wait_ms, i - 1 end
  end
  return number, most
end

local CALLS = {}

-- So many calls alike: how many of them were allowed, how long the others have to wait, and which policy binds those.
CALLS['a'] = function(number, entry)
  local cost, count, by = units_arg(), tonumber(take_arg()), policies_arg()
  if not entry then return tell(FOREIGN) end
  look(entry, by)
  local allowed = 0
  while allowed < count and take(number, entry, cost, by) do allowed = allowed + 1 end
  tell(allowed)
  if allowed == count then
    tell(0)
    tell(0)
  else
    local policy, wait_ms = binding(entry, cost, by)
    tell(math.max(wait_ms, block_left_ms(entry, now_ms)))
    tell(policy)
  end
end

CALLS['c'] = function(number, entry)
  local cost, count, by = units_arg(), tonumber(take_arg()), policies_arg()
  if not entry then return tell(FOREIGN) end
  for _ = 1, count do
    look(entry, by)
    local allowed = take(number, entry, cost, by)
    tell_decision(allowed, block_left_ms(entry, now_ms), entry, cost, by)
  end
end

CALLS['p'] = function(_, entry)
  local cost, by = units_arg(), policies_arg()
  if not entry then return tell(FOREIGN) end
  look(entry, by)
  local blocked_ms = block_left_ms(entry, now_ms)
  local allowed = blocked_ms == 0 and fits(by, entry.words, cost, now_ms)
  if not allowed and blocked_ms == 0 then blocked_ms = block_asked_ms(by, entry.words, cost, now_ms) end
  tell_decision(allowed, blocked_ms, entry, cost, by)
end

CALLS['r'] = function(number, entry)
  local cost, reservation, by = units_arg(), tonumber(take_arg()), policies_arg()
  if not entry then return tell(FOREIGN) end
  look(entry, by)
  local allowed = take(number, entry, cost, by)
  if allowed and not is_none(cost) then open(entry.reserved, reservation, by, entry.words) end
  tell_decision(allowed, block_left_ms(entry, now_ms), entry, cost, by)
end

CALLS['s'] = function(number, entry)
  local reservation, less, more, by = tonumber(take_arg()), units_arg(), units_arg(), policies_arg()
  if not entry then return tell(FOREIGN) end
  look(entry, by)
  settle(entry.reserved, reservation, less, by, entry.words, now_ms)
  if not is_none(more) then take_more(entry, more, by) end
  changed[number] = true
  local blocked_ms = block_left_ms(entry, now_ms)
  local allowed = blocked_ms == 0 and fits(by, entry.words, 0, now_ms)
  tell_decision(allowed, blocked_ms, entry, 0, by)
end

-- A lease: units for a process to decide on, as a reservation: so many at the most, and no more than a part of what is left.
-- Where that is too few to save a call it is none, and never a denial. The answer: how many, and how the key stands.
CALLS['l'] = function(number, entry)
  local units, parts, reservation = tonumber(take_arg()), tonumber(take_arg()), tonumber(take_arg())
  if not entry then return tell(FOREIGN) end
  for _, terms in ipairs(policies) do
    local left = terms.algorithm.remaining(entry.words, terms.at, terms, now_ms)
    units = math.min(units, math.floor(left / parts))
  end
  if units < LEAST_LEASED or block_left_ms(entry, now_ms) > 0 then units = 0 end
  if units > 0 then
    take_more(entry, units, policies)
    open(entry.reserved, reservation, policies, entry.words)
    changed[number] = true
  end
  tell(units)
  tell_decision(true, 0, entry, 0, policies)
end

CALLS['b'] = function(number, entry)
  local ms = tonumber(take_arg())
  if not entry then return tell(FOREIGN) end
  if block_left_ms(entry, now_ms) < ms then entry.block_until_ms = now_ms + ms end
  changed[number] = true
  tell(1)
end

CALLS['x'] = function(number, entry)
  if not entry then return tell(FOREIGN) end
  tell(is_fresh(entry, policies, kept_from_ms, now_ms) and 0 or 1)
  local is_held = entry.is_held
  entries[number] = empty_entry(size)
  entries[number].is_held = is_held
  changed[number] = true
end

while next_arg <= #ARGV do
  local letter, number = take_arg(), tonumber(take_arg())
  CALLS[letter](number, entry_of(number))
end
for number in pairs(changed) do save(KEYS[number], entries[number], policies, changes, head, kept_from_ms, now_ms) end
return answer
