-- Hits for who compares them with a limit outside: also those above it, each exactly, in windows that start with a key's
-- first hit and have each a length of its own. It stands beside calls.lua, which takes no more than a limit.
-- ARGV: the time, for tests; the number of this script call, where the client may send one twice; then the calls, each with
-- its letter, the number of its key, and what it needs. The answer: the time, and of each call whether a window runs, its
-- hits, its length, what is left of it, and for how long the key is denied by a block. -2 in the place of them: another
-- program wrote the key. No list but -3: this script call was run before.
local FOREIGN, RUN_BEFORE = -2, -3
local REMEMBERED_S, MOST_JITTER_MS = 600, 1000
-- A time to live goes by the server's clock, also where a test gives the time.
local LONGER_MS = ARGV[1] == '' and 1000 or 600000
-- 2^53 - 1, and ten years.
local MOST_HITS, MOST_WINDOW_MS = 9007199254740991, 315619200000
-- A value: its first byte, when the window began, its length, the hits; and where there is a block, when that began, and
-- its length. A length of 0: there is none.
local FIRST, COUNT, WITH_BLOCK = 242, '>BI6I6i7', '>BI6I6i7I6I6'

if ARGV[2] ~= '' then
  local tracker = KEYS[#KEYS]
  if tonumber(ARGV[2]) <= tonumber(redis.call('GET', tracker) or 0) then return RUN_BEFORE end
  redis.call('SET', tracker, ARGV[2], 'EX', REMEMBERED_S)
end

local now_ms = tonumber(ARGV[1])
if not now_ms then
  local time = redis.call('TIME')
  now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
end
local next_arg = 3

local function take_arg()
  next_arg = next_arg + 1
  return ARGV[next_arg - 1]
end

local function number_arg()
  return tonumber(take_arg())
end

local function empty()
  return { start_ms = now_ms, window_ms = 0, hits = 0, block_from_ms = now_ms, block_ms = 0 }
end

-- `nil` where another program wrote the key. Where the clock has stepped back, hits stay, and the window lasts as long as
-- any from now on, whoever looks at it.
local function load(key)
  local value = redis.pcall('GET', key)
  if type(value) == 'table' and not value.err:find('WRONGTYPE', 1, true) then error('GET: ' .. value.err, 0) end
  if value == false then return empty() end
  if type(value) ~= 'string' or value:byte(1) ~= FIRST then return nil end
  local entry = empty()
  local _
  if #value == 20 then
    _, entry.start_ms, entry.window_ms, entry.hits = struct.unpack(COUNT, value)
  elseif #value == 32 then
    _, entry.start_ms, entry.window_ms, entry.hits, entry.block_from_ms, entry.block_ms = struct.unpack(WITH_BLOCK, value)
  else
    return nil
  end
  entry.has_stepped = math.max(entry.start_ms, entry.block_from_ms) - now_ms > MOST_JITTER_MS
  entry.start_ms = math.min(entry.start_ms, now_ms)
  entry.block_from_ms = math.min(entry.block_from_ms, now_ms)
  if now_ms - entry.start_ms >= entry.window_ms then
    entry.window_ms, entry.hits = 0, 0
  end
  return entry
end

local function left_ms(entry)
  return math.max(0, entry.start_ms + entry.window_ms - now_ms)
end

local function block_left_ms(entry)
  return math.max(0, entry.block_from_ms + entry.block_ms - now_ms)
end

local function save(key, entry)
  local longest_ms = math.max(left_ms(entry), block_left_ms(entry))
  if longest_ms == 0 then return redis.call('DEL', key) end
  local value
  if entry.block_ms == 0 then
    value = struct.pack(COUNT, FIRST, entry.start_ms, entry.window_ms, entry.hits)
  else
    value = struct.pack(
      WITH_BLOCK, FIRST, entry.start_ms, entry.window_ms, entry.hits, entry.block_from_ms, entry.block_ms)
  end
  redis.call('SET', key, value, 'PX', string.format('%.0f', longest_ms + LONGER_MS))
end

local answer = { now_ms }

local function tell(number)
  -- Clients read large numbers wrongly.
  answer[#answer + 1] = math.abs(number) > 2 ^ 51 and string.format('%.0f', number) or number
end

local function tell_count(entry, hits, reset_after_ms, blocked_ms)
  tell(entry.window_ms > 0 and 1 or 0)
  tell(hits)
  tell(entry.window_ms)
  tell(reset_after_ms)
  tell(blocked_ms)
end

local function tell_entry(entry)
  tell_count(entry, entry.hits, left_ms(entry), 0)
end

local function begin(entry, window_ms)
  entry.start_ms, entry.window_ms = now_ms, window_ms
end

local function whole(hits)
  local cut = hits < 0 and math.ceil(hits) or math.floor(hits)
  return math.max(-MOST_HITS, math.min(cut, MOST_HITS))
end

local CALLS = {}

-- Adds hits to the window that runs, or starts one. With `moves` a window of another length starts anew, with its hits.
-- What comes above a number starts it anew too, as long as told, times `growth` for each hit above; with `once` only what
-- has come from below.
CALLS['a'] = function(entry)
  local hits, window_ms, moves = number_arg(), number_arg(), take_arg() == '1'
  local above, longer_ms, growth, once = number_arg(), number_arg(), number_arg(), take_arg() == '1'
  if not entry then return tell(FOREIGN) end
  local before = entry.hits
  if entry.window_ms == 0 or moves and entry.window_ms ~= window_ms then begin(entry, window_ms) end
  entry.hits = whole(before + hits)
  if above and entry.hits > above and not (once and before > above) then
    begin(entry, math.min(math.ceil(longer_ms * growth ^ (entry.hits - above - 1)), MOST_WINDOW_MS))
  end
  tell_entry(entry)
  return true
end

-- Takes one hit back from the window that runs, if it has any.
CALLS['g'] = function(entry)
  if not entry then return tell(FOREIGN) end
  local has_any = entry.hits > 0
  if has_any then entry.hits = entry.hits - 1 end
  tell_entry(entry)
  return has_any
end

CALLS['r'] = function(entry)
  if not entry then return tell(FOREIGN) end
  tell_entry(entry)
end

-- Starts a window with so many hits, in the place of what the key has.
CALLS['s'] = function(entry)
  local hits, window_ms = number_arg(), number_arg()
  if not entry then return tell(FOREIGN) end
  begin(entry, window_ms)
  entry.hits, entry.block_ms = whole(hits), 0
  tell_entry(entry)
  return true
end

-- Forgets the key, and tells what it had.
CALLS['x'] = function(entry)
  if not entry then return tell(FOREIGN) end
  tell_entry(entry)
  entry.window_ms, entry.hits, entry.block_ms = 0, 0, 0
  return true
end

-- Adds a hit unless the key is blocked. What comes above the limit starts a block, after which the count starts at 0;
-- where there is none, what is above does not count.
CALLS['t'] = function(entry)
  local window_ms, limit, block_ms = number_arg(), number_arg(), number_arg()
  if not entry then return tell(FOREIGN) end
  local expire_ms = entry.window_ms > 0 and left_ms(entry) or window_ms
  local blocked_ms = block_left_ms(entry)
  if block_ms > 0 then
    if blocked_ms > 0 then return tell_count(entry, entry.hits, expire_ms, blocked_ms) end
    if entry.block_ms > 0 then
      entry.window_ms, entry.hits, entry.block_ms = 0, 0, 0
    end
  elseif entry.hits >= limit then
    return tell_count(entry, entry.hits + 1, expire_ms, expire_ms)
  end
  if entry.window_ms ~= window_ms then begin(entry, window_ms) end
  entry.hits = whole(entry.hits + 1)
  if entry.hits <= limit then
    tell_entry(entry)
  elseif block_ms == 0 then
    tell_count(entry, entry.hits, left_ms(entry), left_ms(entry))
  else
    entry.block_from_ms, entry.block_ms = now_ms, block_ms
    tell_count(entry, entry.hits, left_ms(entry), block_ms)
  end
  return true
end

local entries, changed = {}, {}
while next_arg <= #ARGV do
  local letter, number = take_arg(), number_arg()
  if entries[number] == nil then
    entries[number] = load(KEYS[number]) or false
    if entries[number] and entries[number].has_stepped then changed[number] = true end
  end
  if CALLS[letter](entries[number]) then changed[number] = true end
end
for number in pairs(changed) do save(KEYS[number], entries[number]) end
return answer
