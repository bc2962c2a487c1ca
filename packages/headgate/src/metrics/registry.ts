// What is used of `prom-client`, by its shape: its own types can be read only where it is installed.

/** A registry of `prom-client`, of either format. */
export interface Registry {
  readonly contentType: string;
  /** All that is in it, in its format. */
  metrics(): Promise<string>;
  getMetricsAsArray(): readonly { readonly name: string }[];
  removeSingleMetric(name: string): void;
}

/** What `prom-client` exports. */
export interface PromClient {
  readonly Registry: new () => Registry;
  readonly Counter: new (configuration: never) => Counter;
  readonly Gauge: new (configuration: never) => Gauge;
  readonly Histogram: new (configuration: never) => Histogram;
}

/** The same, and what it is given: a registry of its own, which has more than is used here. */
export interface Metrics extends PromClient {
  readonly Counter: new (configuration: Configuration<Counter>) => Counter;
  readonly Gauge: new (configuration: Configuration<Gauge>) => Gauge;
  readonly Histogram: new (configuration: Configuration<Histogram> & { buckets: number[] }) => Histogram;
}

type Labels = Readonly<Record<string, string>>;

interface Configuration<M> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly registers: readonly Registry[];
  /** Before each scrape. */
  collect?(this: M): void | Promise<void>;
}

interface Counter {
  inc(labels: Labels, by?: number): void;
  reset(): void;
}

interface Gauge {
  set(labels: Labels, value: number): void;
}

interface Histogram {
  observe(labels: Labels, value: number): void;
}
