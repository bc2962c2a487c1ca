/** Where frameworks and their login packages keep the id, in the order in which they are looked for. */
const ID_FIELDS = ['id', '_id', 'sub', 'userId', 'username'];

/**
 * The id of a signed-in user. `undefined` where nobody is signed in, and for a user without an id: all such users
 * would share one key, and the client may have written it.
 */
export function userId(user: unknown): string | undefined {
  if (user === undefined || user === null || user === false) return undefined;
  const id = typeof user === 'object' ? ID_FIELDS.map((name) => Reflect.get(user, name)).find(isSet) : user;
  const written = typeof id === 'object' ? asWritten(id) : asPlain(id);
  return written === '' ? undefined : written;
}

function asPlain(id: unknown): string | undefined {
  if (typeof id === 'string') return id;
  return Number.isFinite(id) || typeof id === 'bigint' ? String(id) : undefined;
}

/** An ObjectId of MongoDB writes itself; bytes would be read as text, where many of them are one. JSON does neither. */
function asWritten(id: object | null): string | undefined {
  if (id === null || Array.isArray(id)) return undefined;
  if (id instanceof Uint8Array) return id.join();
  const written: unknown = typeof id.toString === 'function' ? id.toString() : undefined;
  return typeof written === 'string' && !written.startsWith('[object ') ? written : undefined;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
