import { readIpv6Subnet } from '../../http/key/address/ipv6-subnet.js';
import { progressBar } from '../terminal/progress.js';
import { DecisionsFile } from './decisions-file.js';
import { Interruption } from './interruption.js';
import { type KeyCounts, noCounts } from './key/key-part.js';
import { readKeyOf } from './key/read-key.js';
import type { ProxiesOfLog } from './key/sender.js';
import { shortKey } from './key/short-key.js';
import type { LogEntry } from './log/entry.js';
import { type FileReport, LogFile } from './log/log-file.js';
import type { Output } from './output.js';
import type { NamedPolicy } from './policy/policy-text.js';
import { Clients } from './run/clients.js';
import { Simulation } from './run/simulation.js';
import { merge, type OnRequest, roomOf } from './time-order/merge.js';

export interface SimulateOptions {
  readonly files: readonly string[];
  readonly policies: readonly NamedPolicy[];
  readonly key: string;
  readonly proxies: ProxiesOfLog | undefined;
  readonly format: string;
  readonly maxKeys: number;
  /** Of all files together; `undefined` where that is not known. */
  readonly totalBytes: number | undefined;
  /** Where each decision goes. */
  readonly decisions: Output | undefined;
}

/** What came of a run. */
export interface Simulated {
  /** `undefined`: there was no request. */
  readonly simulation: Simulation | undefined;
  readonly files: readonly FileReport[];
  readonly keys: KeyCounts;
  readonly isInterrupted: boolean;
}

/** Reads the logs and decides on their requests. */
export async function simulate(options: SimulateOptions): Promise<Simulated> {
  const { policies, decisions, maxKeys } = options;
  const keys = noCounts();
  const readKey = readKeyOf(options.key, readIpv6Subnet(), options.proxies, keys);
  const clients = new Clients(maxKeys);
  const clientOf = (entry: LogEntry) => clients.of(shortKey(readKey(entry)));
  const decided = decisions && new DecisionsFile(decisions, policies);
  const interruption = new Interruption();
  const { signal } = interruption;
  const room = roomOf(options.files.length);
  const files = options.files.map((name) => new LogFile({ name, format: options.format, clientOf, room, signal }));
  const progress = progressBar(options.totalBytes);
  let simulation: Simulation | undefined;
  const decide: OnRequest = (timeMs, client, file, line) => {
    simulation ??= new Simulation(policies, clients, timeMs, maxKeys);
    const key = clients.keyOf(client);
    simulation.take(timeMs, client, key, decided?.note);
    decided?.write(timeMs, key, file.name, line);
  };
  const readOn = async (file: LogFile) => {
    await interruption.or(file.readOn());
    progress.at(files.reduce((sum, { bytesRead }) => sum + bytesRead, 0));
    return !interruption.isCalled;
  };
  try {
    await merge(files, decide, readOn);
  } finally {
    progress.stop();
    interruption.end();
  }
  const reports = files.map((file) => file.report());
  return { simulation, files: reports, keys, isInterrupted: interruption.isCalled };
}
