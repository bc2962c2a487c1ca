// What anybody would write first: counts the lines of a log by client, whom a pattern finds.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

const [file, pattern] = process.argv.slice(2);
const find = new RegExp(pattern);
const counts = new Map();
for await (const line of createInterface({ input: createReadStream(file) })) {
  const client = find.exec(line)?.[1];
  counts.set(client, (counts.get(client) ?? 0) + 1);
}
console.log(counts.size);
