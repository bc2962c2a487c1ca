import type { KnownClient } from '../client/script-client.js';
import { type Info, memoryFacts, readInfo, replicationFacts, serverFacts } from './info.js';
import INSPECT from './inspect.lua';
import type { ClockFacts, EngineInspection, InspectedPart, Inspection, LatencyFacts } from './inspection.js';
import { ageWarning, clusterWarning, evictionWarning, replicaWarning } from './warnings.js';
import { connected, within } from './within.js';

const TIME = "return redis.call('TIME')";
const ROUND_TRIPS = 5;
const OF_SERVER = ['server', 'memory', 'replication'] as const satisfies readonly InspectedPart[];

export interface Question {
  /** In a cluster, the node that has it is asked. */
  readonly keyName: string;
  /** Whether the bytes of that key are told. */
  readonly tellsKey: boolean;
  readonly deadlineMs: number;
  /** Which scripts decide, and whether the server has them. */
  scripts(): Promise<NonNullable<Inspection['scripts']>>;
}

type Unknown = { [part in InspectedPart]?: string };

/**
 * Asks a server how it stands, until the deadline. All is asked by scripts, which every client can send, and nothing is
 * written; what the user has no right for is in `unknown`.
 */
export async function inspectServer(client: KnownClient, question: Question): Promise<EngineInspection> {
  const untilMs = performance.now() + question.deadlineMs;
  const unknown: Unknown = {};
  async function ask<T>(parts: readonly InspectedPart[], answer: () => PromiseLike<T>): Promise<T | undefined> {
    try {
      return await within(untilMs - performance.now(), answer);
    } catch (error) {
      for (const part of parts) unknown[part] = reasonOf(error);
      return undefined;
    }
  }

  const key: readonly InspectedPart[] = question.tellsKey ? ['key'] : [];
  const all = ['clock', 'latency', 'scripts', ...OF_SERVER, ...key] as const;
  const isConnected = await ask(all, () => connected(client, untilMs - performance.now()).then(() => true));
  if (isConnected === undefined) return { unknown };
  const times = await ask(['clock', 'latency'], () => roundTrips(client, question.keyName));
  const facts = await ask([...OF_SERVER, ...key], () => factsOf(client, question, unknown));
  const scripts = await ask(['scripts'], () => question.scripts());
  return { ...times, ...facts, ...(scripts && { scripts }), unknown };
}

async function roundTrips(
  client: KnownClient,
  keyName: string,
): Promise<{ readonly clock: ClockFacts; readonly latency: LatencyFacts }> {
  const all: { readonly tookMs: number; readonly clock: ClockFacts }[] = [];
  for (let i = 0; i < ROUND_TRIPS; i++) {
    const [startedAtMs, sentAtMs] = [performance.now(), Date.now()];
    const [seconds, micros] = (await client.eval(TIME, [keyName], [])) as [unknown, unknown];
    // `Date.now()` is less than a millisecond behind.
    const [tookMs, heardAtMs] = [performance.now() - startedAtMs, Date.now() + 1];
    const serverMs = Number(seconds) * 1000 + Number(micros) / 1000;
    if (!Number.isFinite(serverMs)) throw new TypeError('the server did not answer its time');
    all.push({
      tookMs,
      clock: { offsetMs: serverMs - (sentAtMs + heardAtMs) / 2, withinMs: (heardAtMs - sentAtMs) / 2 },
    });
  }
  all.sort((a, b) => a.tookMs - b.tookMs);
  const [best, middle] = [all[0], all[Math.floor(ROUND_TRIPS / 2)]] as [(typeof all)[0], (typeof all)[0]];
  return { clock: best.clock, latency: { minMs: best.tookMs, medianMs: middle.tookMs } };
}

async function factsOf(client: KnownClient, { keyName, tellsKey }: Question, unknown: Unknown) {
  const reply = (await client.eval(INSPECT, [keyName], [])) as readonly unknown[];
  const section = <T>(part: InspectedPart, at: number, read: (info: Info) => T | undefined): T | undefined => {
    const [told, refused] = textOf(reply[at]);
    const facts = told && read(told);
    if (facts === undefined) unknown[part] = refused ?? 'the server does not tell';
    return facts;
  };
  const [cluster] = textOf(reply[3]);
  const server = section('server', 0, (info) => serverFacts(info, cluster));
  const memory = section('memory', 1, memoryFacts);
  const replication = section('replication', 2, replicationFacts);
  const warnings = [
    evictionWarning(memory),
    replicaWarning(replication),
    clusterWarning(server, client),
    ageWarning(server),
  ].filter((each) => each !== undefined);
  const bytes = reply[4];
  if (tellsKey && Array.isArray(bytes)) unknown.key = String(bytes[0]);
  const key = tellsKey && !Array.isArray(bytes) ? { name: keyName, bytes: Number(bytes ?? 0) } : undefined;
  return {
    ...(server && { server }),
    ...(memory && { memory }),
    ...(replication && { replication }),
    ...(key && { key }),
    warnings,
  };
}

/** A section, or why there is none. */
function textOf(reply: unknown): [Info | undefined, string | undefined] {
  if (typeof reply === 'string') return [readInfo(reply), undefined];
  return [undefined, Array.isArray(reply) ? String(reply[0]) : undefined];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
