/** What is used of a `Meter` of `@opentelemetry/api`, by its shape: its own types can be read only where it is installed. */
export interface Meter {
  createCounter(name: string, options?: InstrumentOptions): { add(value: number, attributes?: Attributes): void };
  createHistogram(name: string, options?: InstrumentOptions): { record(value: number, attributes?: Attributes): void };
  createObservableGauge(name: string, options?: InstrumentOptions): ObservableGauge;
}

export type ObservableCallback = (result: {
  observe(value: number, attributes?: Attributes): void;
}) => void | Promise<void>;

interface ObservableGauge {
  addCallback(callback: ObservableCallback): void;
  removeCallback(callback: ObservableCallback): void;
}

type Attributes = Record<string, string | boolean>;

interface InstrumentOptions {
  description?: string;
  unit?: string;
  advice?: { explicitBucketBoundaries?: number[] };
}
