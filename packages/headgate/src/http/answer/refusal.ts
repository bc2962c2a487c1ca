import { type Decision, show } from '@headgate/core-ts';
import { type MaybePromise, whenKnown } from '../callbacks/maybe-promise.js';
import type { HttpDecision } from '../key/client.js';
import type { AnswerOptions } from '../options/options.js';
import type { Refusal } from '../outcome.js';

const JSON_TYPE = 'application/json; charset=utf-8';
const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';
/** Where IANA keeps the types of problems that draft-ietf-httpapi-ratelimit-headers-11 §7 registers. */
const PROBLEMS = 'https://iana.org/assignments/http-problem-types#';

export const DEFAULT_DETAIL = 'Too many requests';

/** What a denial is answered with. */
export function refusalOf<R>(options: AnswerOptions<R>): (request: R, decision: HttpDecision) => MaybePromise<Refusal> {
  const { statusCode: status = 429, message = DEFAULT_DETAIL, problemDetails = false } = options;
  const whole = (content: string | object, decision: Decision): Refusal => {
    if (typeof content === 'object') return json(status, content);
    if (!problemDetails) return json(status, { detail: content });
    const violated = decision.policies.filter(({ retryAfterMs }) => retryAfterMs > 0).map(({ name }) => name);
    return problem(
      'quota-exceeded',
      'Quota Exceeded',
      status,
      content,
      violated.length > 0 ? violated : [decision.policy],
    );
  };
  if (typeof message === 'function')
    return (request, decision) => whenKnown(message(request, decision), (answer) => whole(checked(answer), decision));
  if (problemDetails) return (_request, decision) => whole(message, decision);
  const same = json(status, typeof message === 'object' ? message : { detail: message });
  return () => same;
}

function checked(answer: unknown): string | object {
  if (typeof answer === 'string' || (typeof answer === 'object' && answer !== null)) return answer;
  throw new TypeError(`message must answer a string or an object, got ${show(answer)}`);
}

/** What an engine's error is answered with where that closes the gate. */
export function unavailable(problemDetails: boolean, policies: readonly string[]): Refusal {
  const detail = 'The rate limiter is not available';
  if (!problemDetails) return json(503, { detail });
  return problem('temporary-reduced-capacity', 'Temporary Reduced Capacity', 503, detail, policies);
}

/** What a request is answered with whose client can't be told. */
export function badAddress(problemDetails: boolean, detail: string): Refusal {
  if (!problemDetails) return json(400, { detail });
  const body = { type: 'about:blank', title: 'Bad Request', status: 400, detail };
  return { status: 400, contentType: PROBLEM_TYPE, body: JSON.stringify(body) };
}

function problem(name: string, title: string, status: number, detail: string, violated: readonly string[]): Refusal {
  const body = { type: PROBLEMS + name, title, status, detail, 'violated-policies': violated };
  return { status, contentType: PROBLEM_TYPE, body: JSON.stringify(body) };
}

function json(status: number, body: object): Refusal {
  return { status, contentType: JSON_TYPE, body: JSON.stringify(body) };
}
