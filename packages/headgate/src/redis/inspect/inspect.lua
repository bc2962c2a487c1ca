-- What an operator asks of a server: sections of INFO, and the bytes of a key. What is refused is answered by the reason.
local function ask(command, what, ...)
  local reply = redis.pcall(command, what, ...)
  if type(reply) == 'table' and reply.err then return { command .. ' ' .. what .. ': ' .. reply.err } end
  return reply
end

return {
  ask('INFO', 'server'),
  ask('INFO', 'memory'),
  ask('INFO', 'replication'),
  ask('INFO', 'cluster'),
  ask('MEMORY', 'USAGE', KEYS[1]),
}
