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
  if (typeof id === 'number' || typeof id === 'bigint') return String(id);
  const written = typeof id === 'object' && id !== null ? String(id) : ''; // an ObjectId of MongoDB writes itself
  if (written !== '' && !written.startsWith('[object ')) return written;
  throw new TypeError(
    `the user must be an id, or an object with one in ${ID_FIELDS.join(', ')}, got ${show(user)}: give the option user, a function of the request`,
  );
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
