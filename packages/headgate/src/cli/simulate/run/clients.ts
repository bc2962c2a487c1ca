import { copyOf } from '../key/copy.js';
import { Column } from './column.js';

/** Who sent a request. */
export interface Client {
  readonly key: string;
  /** Its place in the columns; {@link NEW} until it has had its first turn, {@link BEYOND} where there is no room. */
  place: number;
}

export const BEYOND = -1;
const NEW = -2;

/** Who sent the requests, told apart by their keys until there are as many as there is room for. */
export class Clients {
  readonly #most: number;
  readonly #byKey = new Map<string, Client>();
  readonly #placed: Client[] = [];
  readonly requests = new Column();
  /** Requests of clients that came when there was no more room. */
  beyond = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** How many have had a turn. */
  get count(): number {
    return this.#placed.length;
  }

  /** The same object for equal keys, while there is room. */
  of(key: string): Client {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const hasRoom = this.#byKey.size < this.#most;
    const client = { key: copyOf(key), place: hasRoom ? NEW : BEYOND };
    if (hasRoom) this.#byKey.set(client.key, client);
    return client;
  }

  /** Counts a request. */
  countRequest(client: Client): void {
    if (client.place === NEW) client.place = this.#placed.push(client) - 1;
    if (client.place === BEYOND) this.beyond++;
    else this.requests.add(client.place, 1);
  }

  keyAt(place: number): string {
    return (this.#placed[place] as Client).key;
  }
}
