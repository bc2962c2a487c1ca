// A primary with two workers, each with two limiters of the built package: tells its parent what each was warned of.
import cluster from 'node:cluster';
import { once } from 'node:events';
import { rateLimit } from '../../dist/node.cjs';

const warnings = [];
for (const limit of [1, 2]) rateLimit({ limit, windowSeconds: 60, warn: (message) => warnings.push(message) });

if (cluster.isPrimary) {
  process.send(warnings);
  for (let i = 0; i < 2; i++) {
    const worker = cluster.fork();
    const [warned] = await once(worker, 'message');
    process.send(warned);
  }
  process.disconnect();
} else {
  process.send(warnings);
  cluster.worker.disconnect();
}
