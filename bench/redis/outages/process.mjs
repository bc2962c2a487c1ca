// One of several processes that ask for one key.
import { Redis } from 'ioredis';
import { CANDIDATES } from '../candidates.mjs';

const [candidate, port, limit] = process.argv.slice(2);
const AT_ONCE = 50;

const client = new Redis(Number(port), '127.0.0.1');
const allow = await CANDIDATES[candidate].make(client, Number(limit), 'four:');
let allowed = 0;
for (let asked = 0; asked < Number(limit); asked += AT_ONCE) {
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => allow('k')));
  allowed += answers.filter(Boolean).length;
}
client.disconnect();
process.send(allowed, () => process.disconnect());
