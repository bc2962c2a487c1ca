/**
 * What happens to a server while it is asked: `begin`, then `often` until the time is over, then `end`. `isOutage`: no call
 * is decided by the server meanwhile.
 */
export const FAULTS = [
  { name: 'none' },
  {
    name: 'killed and started again',
    isOutage: true,
    begin: ({ server }) => server.kill(),
    end: ({ server }) => server.start(),
  },
  {
    name: 'paused',
    isOutage: true,
    begin: ({ server }) => server.signal('SIGSTOP'),
    end: ({ server }) => server.signal('SIGCONT'),
  },
  { name: 'scripts flushed', often: ({ direct }) => direct.script('FLUSH') },
  { name: 'clients killed', often: ({ direct }) => direct.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes') },
  {
    name: 'out of memory',
    isOutage: true,
    begin: ({ direct }) => direct.config('SET', 'maxmemory', '1'),
    end: ({ direct }) => direct.config('SET', 'maxmemory', '0'),
  },
  {
    name: 'a replica',
    isOutage: true,
    begin: ({ direct }) => direct.replicaof('127.0.0.1', '1'),
    end: ({ direct }) => direct.replicaof('NO', 'ONE'),
  },
  { name: 'answers 50 ms late', begin: ({ proxy }) => proxy.delay(25), end: ({ proxy }) => proxy.delay(0) },
  { name: 'answers 1 s late', begin: ({ proxy }) => proxy.delay(500), end: ({ proxy }) => proxy.delay(0) },
  { name: 'answers cut', often: ({ proxy }) => proxy.cutNext() },
];
