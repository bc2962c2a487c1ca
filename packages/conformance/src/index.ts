export { differential } from './differential.js';
export type { LawNumber } from './law.js';
export { Model } from './model.js';
export type { VerifyOptions } from './options.js';
export { type Failure, formatFailure, formatReport, type LawResult, type Report } from './report.js';
export type { Concurrency } from './subject.js';
export { verify } from './verify.js';
