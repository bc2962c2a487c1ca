/** What options are called elsewhere, in lower case, and what says the same here. */
const OTHER_NAMES: Readonly<Record<string, readonly string[]>> = {
  // express-rate-limit, hono-rate-limiter
  max: ['limit'],
  keygenerator: ['key'],
  standardheaders: ['standard'],
  draftpolliratelimitheaders: ['standard'],
  requestwassuccessful: ['countIf'],
  passonstoreerror: ['onEngineError'],
  onlimitreached: ['onLimited'],
  store: ['limiter'],
  logger: ['warn'],
  validate: ['warn'],
  identifier: ['name'],
  // @fastify/rate-limit
  timewindow: ['windowMs'],
  errorresponsebuilder: ['message'],
  allowlist: ['skip'],
  whitelist: ['skip'],
  cache: ['maxKeys'],
  ban: ['blockForSeconds', 'blockForMs'],
  skiponerror: ['onEngineError'],
  onexceeded: ['onLimited'],
  addheaders: ['headers'],
  enabledraftspec: ['standard'],
  namespace: ['name'],
  // rate-limiter-flexible
  points: ['limit'],
  duration: ['windowSeconds', 'windowMs'],
  blockduration: ['blockForSeconds', 'blockForMs'],
  keyprefix: ['name'],
  // @nestjs/throttler
  ttl: ['windowMs', 'windowSeconds'],
  throttlers: ['limits'],
  skipif: ['skip'],
  gettracker: ['key'],
  generatekey: ['key'],
  // koa-ratelimit
  id: ['key'],
  errormessage: ['message'],
  status: ['statusCode'],
  disableheader: ['headers'],
  // what is said of limits at large
  window: ['windowSeconds', 'windowMs'],
  interval: ['windowMs', 'windowSeconds'],
  period: ['windowSeconds', 'windowMs'],
  rate: ['limit'],
  requests: ['limit'],
  maxrequests: ['limit'],
  capacity: ['burst'],
  policies: ['limits'],
  weight: ['cost'],
  tokens: ['cost'],
};

/** Those of the options that are known by another name elsewhere. */
export function calledElsewhere(name: string, known: readonly string[]): readonly string[] {
  const lower = name.toLowerCase();
  const ours = Object.hasOwn(OTHER_NAMES, lower) ? (OTHER_NAMES[lower] ?? []) : [];
  return ours.filter((each) => known.includes(each));
}
