// `headgate/metrics`: what the middlewares decided, for OpenTelemetry and for Prometheus.
export type { DecisionEvent, EngineErrorEvent, LetThroughEvent } from './http/channels.js';
export type { Endpoint } from './http/endpoint.js';
export { type OpenTelemetryOptions, openTelemetry } from './metrics/open-telemetry.js';
export { type PrometheusEndpoint, type PrometheusOptions, prometheus, type Registry } from './metrics/prometheus.js';
