// `headgate/metrics`: what the middlewares decided, for OpenTelemetry and for Prometheus.
export type { DecisionEvent, EngineErrorEvent, LetThroughEvent } from '../http/channels.js';
export type { Endpoint } from '../http/serve/endpoint.js';
export { type OpenTelemetryOptions, openTelemetry } from './open-telemetry.js';
export { type PrometheusEndpoint, type PrometheusOptions, prometheus } from './prometheus.js';
export type { Registry } from './registry.js';
