import type { Algorithm } from '@headgate/core-ts';
import type { FileReport } from '../log/log-file.js';
import type { Client } from '../run/client.js';
import type { Simulation } from '../run/simulation.js';
import type { Simulated } from '../simulate.js';
import { notesOf } from './notes.js';

const PERCENTILES = [50, 90, 99, 99.9] as const;

export interface HeldBack {
  readonly key: string;
  readonly requests: number;
  /** By policy, in their order. */
  readonly denied: readonly number[];
}

export interface PolicyReport {
  readonly name: string;
  readonly policy: string;
  readonly limits: readonly { readonly limit: number; readonly windowMs: number; readonly algorithm: Algorithm }[];
  readonly denied: number;
  /** Of all requests, 0 to 1. */
  readonly deniedShare: number;
  /** Clients that were held back at least once. */
  readonly clientsHeldBack: number;
  readonly clientsShare: number;
}

export interface Suggestion {
  readonly percentile: number;
  /** So many of the clients, in percent, never have more than that in a window. */
  readonly limit: number;
  /** How many clients would be held back at some time. */
  readonly clientsHeldBack: number;
}

export interface BusiestReport {
  readonly windowMs: number;
  readonly algorithm: string;
  readonly most: number;
  readonly suggestions: readonly Suggestion[];
  /** How many clients have which busiest window: pairs of units and clients, by units. */
  readonly clientsByUnits: readonly (readonly [units: number, clients: number])[];
}

/** All that is told of a run; what `--json` prints. */
export interface Report {
  readonly files: readonly FileReport[];
  readonly notes: readonly string[];
  readonly isInterrupted: boolean;
  readonly key: string;
  readonly engine: string;
  readonly from: string;
  readonly to: string;
  readonly requests: number;
  readonly clients: number;
  readonly policies: readonly PolicyReport[];
  readonly heldBackMost: readonly HeldBack[];
  readonly busiestWindows: readonly BusiestReport[];
  readonly series: {
    readonly startMs: number;
    readonly stepMs: number;
    readonly requests: number[];
    readonly denied: number[][];
  };
}

/** What came of a run with at least one request. */
export function reportOf(simulated: Simulated, simulation: Simulation, key: string, top: number): Report {
  const { clients, trials, series, requests } = simulation;
  const decided = clients.decided();
  const count = decided.length;
  return {
    files: simulated.files,
    notes: notesOf(simulated, key),
    isInterrupted: simulated.isInterrupted,
    key,
    engine: trials[0]?.limiter.backend ?? 'none',
    from: new Date(simulation.firstMs).toISOString(),
    to: new Date(simulation.lastMs).toISOString(),
    requests,
    clients: count,
    policies: trials.map(({ policy, denied, denials }) => {
      const clientsHeldBack = decided.filter((client) => denials.get(client) > 0).length;
      return {
        name: policy.name,
        policy: policy.text,
        limits: policy.limits.map(({ limit, windowMs = 0, algorithm = 'fixed-window' }) => ({
          limit,
          windowMs,
          algorithm,
        })),
        denied,
        deniedShare: denied / requests,
        clientsHeldBack,
        clientsShare: clientsHeldBack / count,
      };
    }),
    heldBackMost: heldBackMost(simulation, decided, top),
    busiestWindows: simulation.busiest.map(({ measure, byClient }) => {
      const units = Float64Array.from(decided, (client) => byClient.get(client)).sort();
      return {
        ...measure,
        most: units.at(-1) ?? 0,
        suggestions: PERCENTILES.map((each) => suggestion(units, each)),
        clientsByUnits: grouped(units),
      };
    }),
    series: {
      startMs: series.startMs,
      stepMs: series.stepMs,
      requests: series.of(0),
      denied: trials.map((_, i) => series.of(i + 1)),
    },
  };
}

/** What is told where there was no request. */
export function reportOfNone(simulated: Simulated, key: string) {
  const { files, isInterrupted } = simulated;
  const none = { requests: 0, clients: 0, policies: [], heldBackMost: [], busiestWindows: [] };
  return { files, notes: notesOf(simulated, key), isInterrupted, key, ...none } satisfies Partial<Report>;
}

/** By nearest rank: the least of the values that so many percent of the clients don't exceed. */
function suggestion(sorted: Float64Array, percentile: number): Suggestion {
  const rank = Math.max(1, Math.ceil((percentile / 100) * sorted.length - 1e-9));
  const limit = sorted[rank - 1] ?? 0;
  let below = rank;
  while (below < sorted.length && (sorted[below] as number) <= limit) below++;
  return { percentile, limit, clientsHeldBack: sorted.length - below };
}

function grouped(sorted: Float64Array): [number, number][] {
  const groups: [number, number][] = [];
  for (const units of sorted) {
    const last = groups.at(-1);
    if (last !== undefined && last[0] === units) last[1]++;
    else groups.push([units, 1]);
  }
  return groups;
}

function heldBackMost({ clients, trials }: Simulation, decided: Uint32Array, top: number): HeldBack[] {
  const most: { client: Client; denied: number }[] = [];
  for (const client of decided) {
    const denied = Math.max(...trials.map(({ denials }) => denials.get(client)));
    if (denied > 0) most.push({ client, denied });
  }
  most.sort((a, b) => b.denied - a.denied || clients.requests.get(b.client) - clients.requests.get(a.client));
  return most.slice(0, top).map(({ client }) => ({
    key: clients.keyOf(client),
    requests: clients.requests.get(client),
    denied: trials.map(({ denials }) => denials.get(client)),
  }));
}
