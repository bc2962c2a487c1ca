import { readIpv6Subnet } from '../../http/key/address/ipv6-subnet.js';
import { progressBar } from '../terminal/progress.js';
import { type KeyCounts, readKeyOf } from './key/read-key.js';
import { LogFile } from './log/log-file.js';
import { sizeOf } from './log/open-log.js';
import type { NamedPolicy } from './policy/policy-text.js';
import { type Report, reportOf } from './report/report.js';
import { Simulation } from './run/simulation.js';
import { merge, roomOf } from './time-order/merge.js';

export interface SimulateOptions {
  readonly files: readonly string[];
  readonly policies: readonly NamedPolicy[];
  readonly key: string;
  readonly format: string;
  readonly maxKeys: number;
  readonly top: number;
}

/** @throws UnreadableLog for a file that can't be opened, before any is read. */
export async function simulate(options: SimulateOptions): Promise<Report | undefined> {
  const sizes = await Promise.all(options.files.map(sizeOf));
  const counts: KeyCounts = { unknownAddresses: 0, byAddress: 0 };
  const readKey = readKeyOf(options.key, readIpv6Subnet(), counts);
  const files = options.files.map((name) => new LogFile(name, options.format, readKey, roomOf(options.files.length)));
  const progress = progressBar(sizes.reduce((sum: number | undefined, size) => add(sum, size), 0));
  let simulation: Simulation | undefined;
  await merge(
    files,
    (timeMs, key, _file, _line, isLate) => {
      simulation ??= new Simulation(options.policies, timeMs, options.maxKeys);
      if (isLate) simulation.late++;
      simulation.take(timeMs, key);
    },
    () => {
      progress.at(files.reduce((sum, { bytesRead }) => sum + bytesRead, 0));
      return false;
    },
  );
  progress.stop();
  const reports = files.map((file) => file.report());
  return simulation === undefined ? undefined : reportOf(simulation, reports, options.key, options.top);
}

/** Of something whose size is not known the sum isn't either. */
function add(sum: number | undefined, size: number | undefined): number | undefined {
  return sum === undefined || size === undefined ? undefined : sum + size;
}
