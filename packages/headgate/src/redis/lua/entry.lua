-- One key's value. Fixed windows that have nothing beside them: a byte 241, and of each its start in 6 bytes and its units
-- in 7; of a lone one in 5, where they are few. Anything else: "h1", a letter for each policy, flags, how many changes of the
-- limiter had been made in the millisecond when it was written last, that time, the end of a block, the words of all states,
-- and what is reserved, all as doubles. The time to live only collects garbage.
local RESERVED = 2
local SHORT, LONE_FORM, LONE_LENGTH = 241, 'I6I5', 12
-- Where a state says by which window it was kept.
local KEPT_BY = { s = 4, t = 2 }
local MOST_JITTER_MS = 1000
-- A time to live goes by the server's clock, also where a test gives the time.
local LONGER_MS = ARGV[1] == '' and 1000 or 600000
local LATEST_MS = 281474976710655

-- Puts the times of an entry back where the clock has: what is used stays so, and nothing lasts longer than its window
-- from then on. A step of more than a second is written whatever is asked, or it would be taken anew by the next call;
-- a shorter one is jitter, which moves no window.
local function step_back(entry, policies, ms)
  for _, terms in ipairs(policies) do terms.algorithm.shift(entry.words, terms.at, ms) end
  entry.block_until_ms = entry.block_until_ms - ms
  for _, each in ipairs(entry.reserved) do
    for _, mark in ipairs(each.marks) do mark.start_ms = mark.start_ms - ms end
  end
end

-- An entry by other policies of the same algorithms, as of a time. Where a limiter elsewhere took from a bucket, by
-- `notes`, it goes over as of when it was taken from: the time since then repays by the policy that is asked now.
local function go_over(entry, from, policies, as_of_ms, notes)
  local words = {}
  for i = 1, offsets_of(policies) do words[i] = 0 end
  for i, terms in ipairs(policies) do
    local old = from[i]
    local at_ms = notes and terms.letter == 't' and entry.words[old.at + TIME] or as_of_ms
    for _, each in ipairs(entry.reserved) do
      terms.algorithm.change_mark(entry.words, old.at, old, terms, each.marks[i], at_ms)
    end
    terms.algorithm.change(entry.words, old.at, old, words, terms.at, terms, at_ms)
  end
  entry.words = words
end

-- By which windows the states of a value were kept, where each begins and where they end: a state that notes none has the
-- policy's own. `nil` where the value is too short.
local function kept_by(value, from, policies)
  local kept, at = {}, 1
  for i, terms in ipairs(policies) do
    local own = { at = at, window_ms = terms.window_ms, is_noted = false }
    local place = KEPT_BY[terms.letter]
    if place then
      local start = from + 8 * (at - 1 + place)
      if start + 7 > #value then return nil end
      local noted_ms = struct.unpack('>d', value, start)
      if noted_ms > 0 then own.window_ms, own.is_noted = noted_ms, true end
    end
    kept[i] = own
    at = at + terms.algorithm.words_of(terms_of(terms.letter, 0, own.window_ms, 0, 0))
  end
  return kept, at - 1
end

-- Policies as they are, with the windows that states were kept by. Answers whether those differ.
local function with_windows(policies, kept)
  local own, differs = {}, false
  for i, terms in ipairs(policies) do
    local noted = kept[i]
    if noted.is_noted and noted.window_ms ~= terms.window_ms then
      differs = true
      terms = terms_of(terms.letter, terms.limit, noted.window_ms, terms.burst, terms.block_for_ms)
    end
    own[i] = setmetatable({ at = noted.at }, { __index = terms })
  end
  return own, differs
end

local function read_reserved(value, from, count)
  local list = {}
  local open_count
  open_count, from = struct.unpack('>d', value, from)
  for i = 1, open_count do
    local marks, number = {}, nil
    number, from = struct.unpack('>d', value, from)
    for policy = 1, count do
      local mark = {}
      mark.start_ms, mark.sub_window, mark.low, from = struct.unpack('>ddd', value, from)
      marks[policy] = mark
    end
    list[i] = { number = number, marks = marks }
  end
  return list, from
end

local function empty_entry(size)
  local words = {}
  for i = 1, size do words[i] = 0 end
  return { words = words, reserved = {}, block_until_ms = -math.huge, is_held = false }
end

-- The policies that a value was written by: those before the first change that came after it, and which change that is.
-- `known`: how many changes of that millisecond had been made then.
local function written_by(policies, changes, seen_ms, known)
  for i, change in ipairs(changes) do
    if seen_ms < change.at_ms or seen_ms == change.at_ms and known < change.number then return change.policies, i end
  end
  return policies, #changes + 1
end

-- Whether all policies are fixed windows: those have two words each.
local function has_short_form(head)
  return head:match('^h1f+$') ~= nil
end

-- The long form of a short one; `nil` where it is none of so many windows. When it was written last is not noted there: it
-- can't be before the newest start.
local function long_form(value, head)
  local count, form = #head - 2, nil
  if #value == 1 + 13 * count then
    form = string.rep('I6I7', count)
  elseif count == 1 and #value == LONE_LENGTH then
    form = LONE_FORM
  else
    return nil
  end
  local words = { struct.unpack('>' .. form, value, 2) }
  local newest_ms = 0
  for i = 1, count do newest_ms = math.max(newest_ms, words[2 * i - 1]) end
  words[2 * count + 1] = nil
  return head .. struct.pack('>BBdd' .. string.rep('d', 2 * count), 0, 0, newest_ms, -math.huge, unpack(words))
end

-- `nil` where another program wrote the key.
local function load(key, policies, changes, head, size, now_ms)
  local value = redis.pcall('GET', key)
  if type(value) == 'table' and not value.err:find('WRONGTYPE', 1, true) then error('GET: ' .. value.err, 0) end
  if value == false then return empty_entry(size) end
  if type(value) == 'string' and value:byte(1) == SHORT and has_short_form(head) then value = long_form(value, head) end
  if type(value) ~= 'string' or value:sub(1, #head) ~= head or #value < #head + 18 then return nil end
  local from = #head + 1
  local flags, known, seen_ms, block_until_ms
  flags, known, seen_ms, block_until_ms, from = struct.unpack('>BBdd', value, from)
  local kept, kept_size = kept_by(value, from, policies)
  if kept == nil or #value < from - 1 + 8 * kept_size then return nil end
  local by, next_change = written_by(policies, changes, seen_ms, known)
  local own, differs = with_windows(by, kept)
  local entry = { block_until_ms = block_until_ms, is_held = true, reserved = {} }
  entry.words = {}
  for i = 1, kept_size do
    entry.words[i], from = struct.unpack('>d', value, from)
  end
  if flags == RESERVED then entry.reserved, from = read_reserved(value, from, #policies) end
  if from ~= #value + 1 then return nil end
  if now_ms < seen_ms then
    step_back(entry, own, seen_ms - now_ms)
    entry.has_stepped = seen_ms - now_ms > MOST_JITTER_MS
  end
  -- A limiter elsewhere has other windows.
  if differs then go_over(entry, own, by, changes[next_change] and changes[next_change].at_ms or now_ms, true) end
  for i = next_change, #changes do
    local change = changes[i]
    go_over(entry, change.policies, changes[i + 1] and changes[i + 1].policies or policies, change.at_ms)
  end
  return entry
end

local function block_left_ms(entry, now_ms)
  return math.max(0, entry.block_until_ms - now_ms)
end

local function is_fresh(entry, policies, kept_from_ms, now_ms)
  if block_left_ms(entry, now_ms) > 0 then return false end
  for _, terms in ipairs(policies) do
    if not is_fresh_by(terms, entry.words, kept_from_ms, now_ms) then return false end
  end
  return true
end

-- Fixed windows alone, where their numbers fit.
local function short_form(entry, head)
  if not has_short_form(head) or #entry.reserved > 0 or entry.block_until_ms ~= -math.huge then return nil end
  local words = entry.words
  for at = 1, #words, 2 do
    if words[at + TIME] < 0 or words[at + TIME] > LATEST_MS then return nil end
  end
  local is_lone = #words == 2 and words[1 + USED] < 2 ^ 40
  return struct.pack('>B' .. (is_lone and LONE_FORM or string.rep('I6I7', #words / 2)), SHORT, unpack(words))
end

local function written(entry, policies, changes, head, now_ms)
  local short = short_form(entry, head)
  if short then return short end
  local parts = { head }
  local flags = #entry.reserved > 0 and RESERVED or 0
  local known = 0
  for _, change in ipairs(changes) do
    if change.at_ms == now_ms then known = change.number end
  end
  parts[2] = struct.pack('>BBdd', flags, math.min(known, 255), now_ms, entry.block_until_ms)
  for _, terms in ipairs(policies) do
    local place = KEPT_BY[terms.letter]
    if place then entry.words[terms.at + place] = terms.window_ms end
  end
  for _, word in ipairs(entry.words) do parts[#parts + 1] = struct.pack('>d', word) end
  if #entry.reserved == 0 then return table.concat(parts) end
  parts[#parts + 1] = struct.pack('>d', #entry.reserved)
  for _, each in ipairs(entry.reserved) do
    parts[#parts + 1] = struct.pack('>d', each.number)
    for _, mark in ipairs(each.marks) do
      parts[#parts + 1] = struct.pack('>ddd', mark.start_ms, mark.sub_window, mark.low)
    end
  end
  return table.concat(parts)
end

local function save(key, entry, policies, changes, head, kept_from_ms, now_ms)
  if is_fresh(entry, policies, kept_from_ms, now_ms) then
    if entry.is_held then redis.call('DEL', key) end
    return
  end
  local due_ms = due_after_ms(policies, entry.words, kept_from_ms, now_ms)
  local ttl_ms = math.max(block_left_ms(entry, now_ms), due_ms) + LONGER_MS
  redis.call('SET', key, written(entry, policies, changes, head, now_ms), 'PX', string.format('%.0f', ttl_ms))
end
