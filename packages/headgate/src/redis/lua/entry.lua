-- One key's value: "h1", a letter for each policy, flags, when it was written last, the end of a block, the words of all
-- states, and what is reserved. All numbers are doubles. The time to live only collects garbage.
local BLOCKED, RESERVED, KEPT = 1, 2, 4
local LONGER_MS = 1000

-- Puts the times of an entry back where the clock has: what is used stays so, and nothing lasts longer than its window.
local function step_back(entry, policies, ms)
  for _, terms in ipairs(policies) do terms.algorithm.shift(entry.words, terms.at, ms) end
  if entry.block_until_ms > 0 then entry.block_until_ms = entry.block_until_ms - ms end
  for _, each in ipairs(entry.reserved) do
    for _, mark in ipairs(each.marks) do mark.start_ms = mark.start_ms - ms end
  end
end

-- States that were kept by other windows go over to these.
local function go_over(entry, kept, policies, size, now_ms)
  local words = {}
  for i = 1, size do words[i] = 0 end
  for i, terms in ipairs(policies) do
    local old = kept[i]
    for _, each in ipairs(entry.reserved) do
      if old.window_ms ~= terms.window_ms then
        terms.algorithm.change_mark(entry.words, old.at, old, terms, each.marks[i], now_ms)
      end
    end
    if old.window_ms ~= terms.window_ms then
      terms.algorithm.change(entry.words, old.at, old, words, terms.at, terms, now_ms)
    else
      for word = 0, terms.algorithm.words_of(terms) - 1 do words[terms.at + word] = entry.words[old.at + word] end
    end
  end
  entry.words = words
end

-- By which windows the states of a value were kept: a state that keeps none has the policy's own. `nil` where the value
-- has another length.
local function kept_by(value, from, policies)
  local kept, at = {}, 1
  local goes_over = false
  for i, terms in ipairs(policies) do
    local window_ms = terms.window_ms
    local place = terms.letter == 's' and 4 or terms.letter == 't' and 2
    if place then
      local start = from + 8 * (at - 1 + place)
      if start + 7 > #value then return nil end
      local noted_ms = struct.unpack('>d', value, start)
      if noted_ms > 0 then window_ms = noted_ms end
    end
    local old = terms
    if window_ms ~= terms.window_ms then
      old = terms_of(terms.letter, terms.limit, window_ms, terms.burst, 0)
      goes_over = true
    end
    kept[i] = setmetatable({ at = at }, { __index = old })
    at = at + old.algorithm.words_of(old)
  end
  return kept, at - 1, goes_over
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
  return { words = words, reserved = {}, block_until_ms = 0, is_held = false, is_kept = false }
end

-- `nil` where another program wrote the key, or a limiter with other algorithms.
local function load(key, policies, head, size, now_ms)
  local value = redis.pcall('GET', key)
  if value == false then return empty_entry(size) end
  if type(value) ~= 'string' or value:sub(1, #head) ~= head or #value < #head + 17 then return nil end
  local from = #head + 1
  local flags, seen_ms, block_until_ms
  flags, seen_ms, block_until_ms, from = struct.unpack('>Bdd', value, from)
  local kept, kept_size, goes_over = kept_by(value, from, policies)
  if kept == nil or #value < from - 1 + 8 * kept_size then return nil end
  local entry = { block_until_ms = block_until_ms, is_held = true, is_kept = flags >= KEPT, reserved = {} }
  entry.words = {}
  for i = 1, kept_size do
    entry.words[i], from = struct.unpack('>d', value, from)
  end
  if flags % 4 >= RESERVED then entry.reserved, from = read_reserved(value, from, #policies) end
  if from ~= #value + 1 then return nil end
  if now_ms < seen_ms then step_back(entry, kept, seen_ms - now_ms) end
  if goes_over then go_over(entry, kept, policies, size, now_ms) end
  return entry
end

local function block_left_ms(entry, now_ms)
  return math.max(0, entry.block_until_ms - now_ms)
end

local function is_fresh(entry, policies, now_ms)
  if block_left_ms(entry, now_ms) > 0 then return false end
  for _, terms in ipairs(policies) do
    if not is_fresh_by(terms, entry.words, entry.is_kept, now_ms) then return false end
  end
  return true
end

local function written(entry, head, now_ms)
  local parts = { head }
  local flags = (#entry.reserved > 0 and RESERVED or 0) + (entry.is_kept and KEPT or 0)
  parts[2] = struct.pack('>Bdd', flags, now_ms, entry.block_until_ms)
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

local function save(key, entry, policies, head, now_ms)
  if is_fresh(entry, policies, now_ms) then
    if entry.is_held then redis.call('DEL', key) end
    return
  end
  local due_ms = due_after_ms(policies, entry.words, entry.is_kept, now_ms)
  local ttl_ms = math.max(block_left_ms(entry, now_ms), due_ms) + LONGER_MS
  redis.call('SET', key, written(entry, head, now_ms), 'PX', string.format('%.0f', ttl_ms))
end
