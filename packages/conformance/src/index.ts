export type { Concurrency } from './concurrency/crew.js';
export { Model } from './model/model.js';
export { type RemoteModule, remote } from './remote/remote.js';
export type { LawNumber } from './run/law.js';
export type { VerifyOptions } from './run/options.js';
export { type Failure, formatFailure, formatReport, type LawResult, type Report } from './run/report.js';
export { verify } from './run/verify.js';
export { differential } from './scene/differential.js';
