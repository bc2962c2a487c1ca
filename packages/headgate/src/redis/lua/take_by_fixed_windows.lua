-- What most calls are: `allow` or `check` by fixed windows without a block, at a cost that fits, of keys that have nothing
-- but those. It stands beside calls.lua, which decides the same, since that builds all of an engine first.
-- ARGV: the time, for tests; the number of this script call, where the client may send one twice; 'a' for `allow` or 'c' for
-- `check`; the number of policies, and of each its limit and window; then nothing where each key has one call of cost 1, or
-- of each key a cost and how many calls.
-- The answer: the time, and -5 alone where all was allowed by `allow`. Else of each key three numbers: how many calls were
-- allowed, how long the others have to wait, and which policy binds those; for `check` also what is left of each policy
-- after them, its reset and its wait. -4 in the place of them: what the key has is for calls.lua.
-- No list but -3: this script call was run before.
local RUN_BEFORE, ELSEWHERE, ALL_ALLOWED = -3, -4, -5
local REMEMBERED_S, MOST_JITTER_MS, LATEST_MS = 600, 1000, 281474976710655
-- A time to live goes by the server's clock, also where a test gives the time.
local LONGER_MS = ARGV[1] == '' and 1000 or 600000

-- A short value: its first byte, and of each window its start and its units. A lone window's few units are in 5 bytes.
local SHORT, LONE_FORM, LONE_LENGTH = 241, '>BI6I5', 12

local count = #KEYS
if ARGV[2] ~= '' then
  local tracker = KEYS[count]
  if tonumber(ARGV[2]) <= tonumber(redis.call('GET', tracker) or 0) then return RUN_BEFORE end
  redis.call('SET', tracker, ARGV[2], 'EX', REMEMBERED_S)
  count = count - 1
end

local now_ms = tonumber(ARGV[1])
if not now_ms then
  local time = redis.call('TIME')
  now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
end
local is_check, policies = ARGV[3] == 'c', tonumber(ARGV[4])
local limits, windows_ms, least_limit, longest_ms = {}, {}, math.huge, 0
for p = 1, policies do
  limits[p], windows_ms[p] = tonumber(ARGV[3 + 2 * p]), tonumber(ARGV[4 + 2 * p])
  least_limit, longest_ms = math.min(least_limit, limits[p]), math.max(longest_ms, windows_ms[p])
end
local form, length = '>B' .. string.rep('I6I7', policies), 1 + 13 * policies
local costs_at = 4 + 2 * policies
local has_costs = #ARGV > costs_at

-- Of the key at hand: when each window started, and the units taken in it.
local starts_ms, used = {}, {}

-- Whether the clock has stepped back since the key at hand was written.
local has_stepped

-- `false` where the key has something else.
local function read(value)
  if value:byte(1) ~= SHORT then return false end
  if policies == 1 and #value == LONE_LENGTH then
    local _
    _, starts_ms[1], used[1] = struct.unpack(LONE_FORM, value)
  elseif #value == length then
    local words = { struct.unpack(form, value) }
    for p = 1, policies do starts_ms[p], used[p] = words[2 * p], words[2 * p + 1] end
  else
    return false
  end
  local newest_ms = math.max(unpack(starts_ms))
  -- Where the clock has stepped back, what is used stays so, and no window lasts longer than its length from now on: so that
  -- is written, unless it is but jitter.
  local back_ms = math.max(0, newest_ms - now_ms)
  has_stepped = back_ms > MOST_JITTER_MS
  for p = 1, policies do
    starts_ms[p] = starts_ms[p] - back_ms
    if used[p] == 0 or now_ms - starts_ms[p] >= windows_ms[p] then
      starts_ms[p], used[p] = now_ms, 0
    end
  end
  return true
end

local function value_of()
  if policies == 1 then
    return struct.pack(used[1] < 2 ^ 40 and LONE_FORM or form, SHORT, starts_ms[1], used[1])
  end
  local words = {}
  for p = 1, policies do words[2 * p - 1], words[2 * p] = starts_ms[p], used[p] end
  return struct.pack(form, SHORT, unpack(words))
end

-- By what was taken of a key that had nothing, its value: most keys of one script call have the same.
local first_values, first_ttl = {}, string.format('%.0f', longest_ms + LONGER_MS)

-- `false` where the key has what `MGET` does not show.
local function save_first(key, taken)
  local first = first_values[taken]
  if not first then
    for p = 1, policies do starts_ms[p], used[p] = now_ms, taken end
    first = value_of()
    first_values[taken] = first
  end
  return redis.call('SET', key, first, 'PX', first_ttl, 'NX')
end

local function save(key)
  local left_ms = 0
  for p = 1, policies do left_ms = math.max(left_ms, starts_ms[p] + windows_ms[p] - now_ms) end
  redis.call('SET', key, value_of(), 'PX', string.format('%.0f', left_ms + LONGER_MS))
end

local function wait_of(p, cost)
  if cost <= limits[p] - used[p] then return 0 end
  return starts_ms[p] + windows_ms[p] - now_ms
end

local answer = { now_ms }

local function tell(number)
  -- Clients read large numbers wrongly.
  answer[#answer + 1] = number > 2 ^ 51 and string.format('%.0f', number) or number
end

local function tell_key(allowed, calls, cost)
  local most_ms, binding = 0, 0
  if allowed < calls then
    most_ms = -1
    for p = 1, policies do
      local wait_ms = wait_of(p, cost)
      if wait_ms > most_ms then most_ms, binding = wait_ms, p - 1 end
    end
  end
  tell(allowed)
  tell(most_ms)
  tell(binding)
  if not is_check then return end
  for p = 1, policies do
    tell(math.max(0, limits[p] - used[p]))
    tell(used[p] == 0 and 0 or starts_ms[p] + windows_ms[p] - now_ms)
    tell(allowed < calls and wait_of(p, cost) or 0)
  end
end

local function fitting(cost, calls, left)
  if calls * cost <= left then return calls end
  return math.max(0, math.floor(left / cost))
end

local function take_first(key, cost, calls)
  local allowed = fitting(cost, calls, least_limit)
  if not save_first(key, allowed * cost) then return nil end
  if is_check or allowed < calls then
    for p = 1, policies do starts_ms[p], used[p] = now_ms, allowed * cost end
  end
  return allowed
end

-- Takes as many calls of the cost as fit. `nil` where the key has something else. Of no calls nothing is asked but whether
-- the script is there.
local function take(key, value, cost, calls)
  if calls == 0 then return 0 end
  if not value then return take_first(key, cost, calls) end
  if not read(value) then return nil end
  local allowed = calls
  for p = 1, policies do allowed = fitting(cost, allowed, limits[p] - used[p]) end
  if allowed > 0 or has_stepped then
    for p = 1, policies do used[p] = used[p] + allowed * cost end
    save(key)
  end
  return allowed
end

local function cost_of(i)
  if not has_costs then return 1, 1 end
  return tonumber(ARGV[costs_at + 2 * i - 1]), tonumber(ARGV[costs_at + 2 * i])
end

-- Those before are told only once one is not allowed.
local function tell_before(i)
  for each = 1, i - 1 do
    local _, calls = cost_of(each)
    tell(calls)
    tell(0)
    tell(0)
  end
end

local values = redis.call('MGET', unpack(KEYS, 1, count))
local is_in_range = now_ms >= 0 and now_ms <= LATEST_MS
local is_all_allowed = not is_check
for i = 1, count do
  local value, cost, calls = values[i], cost_of(i)
  local allowed
  if is_in_range then allowed = take(KEYS[i], value, cost, calls) end
  if not is_all_allowed or allowed ~= calls then
    if is_all_allowed then tell_before(i) end
    is_all_allowed = false
    if allowed then tell_key(allowed, calls, cost) else tell(ELSEWHERE) end
  end
end
if is_all_allowed then tell(ALL_ALLOWED) end
return answer
