import type { OpenMetricsContentType, Registry as PrometheusRegistry } from 'prom-client';

/** What `prom-client` exports. */
export type PromClient = typeof import('prom-client');

/** Of either format. */
export type Registry = PrometheusRegistry | PrometheusRegistry<OpenMetricsContentType>;
