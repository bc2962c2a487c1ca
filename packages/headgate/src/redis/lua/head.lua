-- Of each state the words that all algorithms have.
local TIME, USED = 0, 1
-- 2^53 - 1
local MOST_UNITS = 9007199254740991
-- By the letter that stands for one in a value.
-- Ten years: 3,653 days.
local MOST_WINDOW_MS = 315619200000
local ALGORITHMS = {}
