export type { Concurrency } from './concurrency/crew.js';
export { differential } from './differential.js';
export type { LawNumber } from './law.js';
export { Model } from './model.js';
export type { VerifyOptions } from './options.js';
export { type Failure, formatFailure, formatReport, type LawResult, type Report } from './report.js';
export { verify } from './verify.js';
