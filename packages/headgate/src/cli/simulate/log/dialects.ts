/** What a line of JSON says. */
export type Fields = Readonly<Record<string, unknown>>;

/** Where one server's JSON has what is asked for. */
export interface Dialect {
  readonly name: string;
  /** Whether it is a request in this dialect; a server logs other messages too. */
  isRequest(fields: Fields): boolean;
  time(fields: Fields): unknown;
  address(fields: Fields): unknown;
  user(fields: Fields): unknown;
  method(fields: Fields): unknown;
  /** The path, with the query or without. */
  target(fields: Fields): unknown;
  /** By the name in lower case. */
  header(fields: Fields, name: string): unknown;
}

/** The value at the end of that way down; a name with dots in it is found whole too. */
export function fieldOf(fields: Fields, way: readonly string[]): unknown {
  const whole = way.join('.');
  if (Object.hasOwn(fields, whole)) return fields[whole];
  let value: unknown = fields;
  for (const name of way) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Fields)[name];
  }
  return value;
}

/** https://caddyserver.com/docs/caddyfile/directives/log */
const caddy: Dialect = {
  name: 'caddy',
  isRequest: (fields) => isObject(fields.request) && fields.ts !== undefined,
  time: (fields) => fields.ts,
  address: ({ request }) => first(request as Fields, ['client_ip', 'remote_ip', 'remote_addr']),
  user: (fields) => fields.user_id,
  method: ({ request }) => (request as Fields).method,
  target: ({ request }) => (request as Fields).uri,
  header: ({ request }, name) => ofAnyCase((request as Fields).headers, name),
};

/** https://doc.traefik.io/traefik/observe/logs-and-access-logs/ */
const traefik: Dialect = {
  name: 'traefik',
  isRequest: (fields) => fields.ClientHost !== undefined || fields.ClientAddr !== undefined,
  time: (fields) => first(fields, ['StartUTC', 'StartLocal', 'time']),
  address: (fields) => first(fields, ['ClientHost', 'ClientAddr']),
  user: (fields) => fields.ClientUsername,
  method: (fields) => fields.RequestMethod,
  target: (fields) => fields.RequestPath,
  header: (fields, name) => ofAnyCase(fields, `request_${name}`),
};

/** pino-http writes a line when it has answered; Fastify tells the request in the line before that. */
const pino: Dialect = {
  name: 'pino',
  isRequest: ({ req, res, msg }) => isObject(req) && (res !== undefined || msg === 'incoming request'),
  time: (fields) => first(fields, ['time', 'timestamp', '@timestamp']),
  address: ({ req }) => first(req as Fields, ['remoteAddress', 'ip']),
  user: ({ req }) => first(req as Fields, ['user', 'userId']),
  method: ({ req }) => (req as Fields).method,
  target: ({ req }) => (req as Fields).url,
  header: ({ req }, name) => ofAnyCase((req as Fields).headers, name),
};

const ADDRESSES = ['remote_addr', 'remote_ip', 'remoteIP', 'remoteAddr', 'client_ip', 'clientip', 'clientIp', 'ip'];
const MORE_ADDRESSES = ['remoteAddress', 'remote_host', 'remoteHost', 'host_ip', 'client', 'h', 'a'];
const TIMES = ['time_iso8601', 'time_local', 'msec', '@timestamp', 'timestamp', 'time', 'ts', 'datetime', 'date', 't'];
const TARGETS = ['request_uri', 'uri', 'path', 'url', 'requestURI', 'request_path'];
const REQUEST_LINE = /^(\S+) (\S+)/;

/** nginx and Apache write whatever names their configuration has; these are those of its variables, and usual ones. */
function flat(name: string, addresses: readonly string[]): Dialect {
  return {
    name,
    isRequest: (fields) => first(fields, addresses) !== undefined && first(fields, TIMES) !== undefined,
    time: (fields) => first(fields, TIMES),
    address: (fields) => first(fields, addresses),
    user: (fields) => first(fields, ['remote_user', 'remoteUser', 'user', 'auth', 'u']),
    method: (fields) => first(fields, ['request_method', 'method', 'verb']) ?? requestLine(fields)?.[1],
    target: (fields) => first(fields, TARGETS) ?? requestLine(fields)?.[2],
    header(fields, name) {
      const under = name.replaceAll('-', '_');
      const agent = name === 'user-agent' ? ['agent', 'userAgent'] : [];
      const referrer = name === 'referer' ? ['referrer'] : [];
      return first(fields, [`http_${under}`, under, name, ...agent, ...referrer]);
    },
  };
}

const nginx = flat('nginx', ['remote_addr']);
const apache = flat('apache', [...ADDRESSES, ...MORE_ADDRESSES]);

/** In the order in which they are looked for: what has the plainest signs first. */
export const DIALECTS: readonly Dialect[] = [caddy, traefik, pino, nginx, apache];

function requestLine(fields: Fields): RegExpExecArray | undefined {
  const line = first(fields, ['request', 'request_line', 'r']);
  return (typeof line === 'string' ? REQUEST_LINE.exec(line) : null) ?? undefined;
}

function first(fields: Fields, names: readonly string[]): unknown {
  for (const name of names) {
    const value = fields[name];
    if (value !== undefined && value !== null && value !== '') return value;
  }
  return undefined;
}

function ofAnyCase(headers: unknown, name: string): unknown {
  if (!isObject(headers)) return undefined;
  const own = Object.keys(headers).find((each) => each.toLowerCase() === name);
  return own === undefined ? undefined : headers[own];
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
