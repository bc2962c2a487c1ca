-- What most calls are: `allow` by one fixed window without a block, of keys that have nothing but that. It stands beside
-- calls.lua, which decides the same, since that builds all of an engine first: by itself it takes a fifteenth of the time.
-- ARGV: the time, for tests; the number of this script call, where the client may send one twice; limit and window; then of
-- each key a cost and how many calls. The answer: the time, and of each key how many were allowed, and for how long the others
-- have to wait. -4: what the key has is for calls.lua.
local NEVER, RUN_BEFORE, ELSEWHERE = -1, -3, -4
-- A short value: its first byte, and by its length how its start and its units are written.
local SHORT, FORMS = 241, { [12] = '>I6I5', [14] = '>I6I7' }
local REMEMBERED_S, LONGER_MS, MOST_JITTER_MS, LATEST_MS = 600, 1000, 1000, 281474976710655

local count = #KEYS
if ARGV[2] ~= '' then
  local tracker = KEYS[count]
  if tonumber(ARGV[2]) <= tonumber(redis.call('GET', tracker) or 0) then return { RUN_BEFORE } end
  redis.call('SET', tracker, ARGV[2], 'EX', REMEMBERED_S)
  count = count - 1
end

local now_ms = tonumber(ARGV[1])
if not now_ms then
  local time = redis.call('TIME')
  now_ms = time[1] * 1000 + math.floor(time[2] / 1000)
end
local limit, window_ms = tonumber(ARGV[3]), tonumber(ARGV[4])
local answer = { now_ms }
local is_in_range = now_ms >= 0 and now_ms <= LATEST_MS

for i = 1, count do
  local cost, calls = tonumber(ARGV[3 + 2 * i]), tonumber(ARGV[4 + 2 * i])
  local value = redis.pcall('GET', KEYS[i])
  if type(value) == 'table' and not value.err:find('WRONGTYPE', 1, true) then error('GET: ' .. value.err, 0) end
  local start_ms, used
  local has_stepped = false
  if value == false then
    start_ms, used = now_ms, 0
  elseif type(value) == 'string' and FORMS[#value] and value:byte(1) == SHORT then
    start_ms, used = struct.unpack(FORMS[#value], value, 2)
    -- The clock has stepped back: what is used stays so, and the window lasts as long as any from now on. So that is
    -- written, unless it is but jitter.
    if now_ms < start_ms then
      has_stepped = start_ms - now_ms > MOST_JITTER_MS
      start_ms = now_ms
    end
    if now_ms - start_ms >= window_ms then
      start_ms, used = now_ms, 0
    end
  end
  if used == nil or not is_in_range then
    answer[2 * i], answer[2 * i + 1] = ELSEWHERE, 0
  else
    local allowed = calls
    if cost > 0 then allowed = math.max(0, math.min(calls, math.floor((limit - used) / cost))) end
    if cost > 0 and allowed > 0 or has_stepped then
      used = used + allowed * cost
      local left_ms = start_ms + window_ms - now_ms + LONGER_MS
      local text = struct.pack(used < 2 ^ 40 and '>BI6I5' or '>BI6I7', SHORT, start_ms, used)
      redis.call('SET', KEYS[i], text, 'PX', string.format('%.0f', left_ms))
    end
    answer[2 * i] = allowed
    if allowed == calls then
      answer[2 * i + 1] = 0
    elseif cost > limit then
      answer[2 * i + 1] = NEVER
    else
      answer[2 * i + 1] = start_ms + window_ms - now_ms
    end
  end
end
return answer
