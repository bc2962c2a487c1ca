// What anybody would write first: the lines of a log, counted by the word that they begin with.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const counts = new Map();
for await (const line of createInterface({ input: createReadStream(process.argv[2]) })) {
  const [address] = line.split(' ', 1);
  counts.set(address, (counts.get(address) ?? 0) + 1);
}
console.log(counts.size);
