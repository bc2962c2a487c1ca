import { show } from '@headgate/core-ts';

/** Where frameworks and their login packages keep the id, in the order in which they are looked for. */
const ID_FIELDS = ['id', '_id', 'sub', 'userId', 'username'];

/**
 * The id of a signed-in user, or `undefined` where nobody is signed in.
 *
 * @throws TypeError for a user without an id: all such users would share one key.
 */
export function userId(user: unknown): string | undefined {
  if (user === undefined || user === null || user === false) return undefined;
  const id = typeof user === 'object' ? ID_FIELDS.map((name) => Reflect.get(user, name)).find(isSet) : user;
  if (typeof id === 'string' && id !== '') return id;
  if (Number.isFinite(id) || typeof id === 'bigint') return String(id);
  const written = typeof id === 'object' && id !== null ? asWritten(id) : '';
  if (written !== '' && !written.startsWith('[object ')) return written;
  throw new TypeError(
    `the user must be an id, or an object with one in ${ID_FIELDS.join(', ')}, got ${show(user)}: give the option user, a function of the request`,
  );
}

/** An ObjectId of MongoDB writes itself; bytes would be read as text, where many of them are one. */
function asWritten(id: object): string {
  return id instanceof Uint8Array ? id.join() : String(id);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
