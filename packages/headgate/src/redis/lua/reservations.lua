-- What is reserved of one entry and not settled, in the order in which it was taken: number, and a mark for each policy.
-- Reads side by side with core-ts/src/engine/reservations.ts.
local MOST_OPEN_OF_KEY = 1024

-- Notes what has just been taken.
local function open(list, number, policies, words)
  local marks = {}
  for i, terms in ipairs(policies) do marks[i] = terms.algorithm.mark(words, terms.at) end
  list[#list + 1] = { number = number, marks = marks }
  if #list > MOST_OPEN_OF_KEY then table.remove(list, 1) end
end

local function lower(mark, low)
  if low < mark.low then mark.low = low end
end

-- Before more is taken: the newest one is told how little was owed meanwhile. Where not all of it will be counted, nothing
-- comes back of any.
local function before_taking(list, units, policies, words, now_ms)
  local newest = list[#list]
  if newest == nil then return end
  for i, terms in ipairs(policies) do
    local algorithm = terms.algorithm
    if algorithm.owed then lower(newest.marks[i], algorithm.owed(words, terms.at, terms, now_ms)) end
    if not algorithm.has_room_for(words, terms.at, terms, units_of(units, i), now_ms) then
      for _, each in ipairs(list) do each.marks[i] = { start_ms = math.huge, sub_window = -1, low = 0 } end
    end
  end
end

-- Gives units back that were taken, as far as they still count, and forgets them.
local function settle(list, number, units, policies, words, now_ms)
  local index
  for i, each in ipairs(list) do
    if each.number == number then index = i end
  end
  if index == nil then return end
  for i, terms in ipairs(policies) do
    local own = units_of(units, i)
    if own > 0 then
      local mark = list[index].marks[i]
      local low = mark.low
      if terms.algorithm.owed then
        for each = index, #list do low = math.min(low, list[each].marks[i].low) end
      end
      local behind = { start_ms = mark.start_ms, sub_window = mark.sub_window, low = low }
      local given = terms.algorithm.refund(words, terms.at, terms, behind, own, now_ms)
      if given > 0 then
        for each = index, #list do list[each].marks[i].low = list[each].marks[i].low - given end
      end
    end
  end
  local dropped, before = table.remove(list, index), list[index - 1]
  if before ~= nil then
    for i, mark in ipairs(dropped.marks) do lower(before.marks[i], mark.low) end
  end
end
