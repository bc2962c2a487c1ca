import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { Settle } from '../../../http/outcome.js';
import type { Decorated } from '../decorators.js';
import { common, loadRxjs } from '../peers.js';

/** By a call's list of arguments, which is what its guards and interceptors share. */
const openCalls = new WeakMap<readonly unknown[], Settle[]>();

/** Settles what a call took that no status tells of, once its handler has answered or thrown. */
export function settleWithCall(context: ExecutionContext, settle: Settle): void {
  const call = context.getArgs();
  const others = openCalls.get(call);
  if (others === undefined) openCalls.set(call, [settle]);
  else others.push(settle);
}

/** Settles what the guard has taken for a call so far. */
export function endCall(context: ExecutionContext, status: number, aborted = false): void {
  const call = context.getArgs();
  const all = openCalls.get(call) ?? [];
  openCalls.delete(call);
  for (const settle of all) settle(status, aborted);
}

/** Sees how a resolver's or a gateway's handler ends: GraphQL answers 200 for all, and a message has no response. */
class CallEnd implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const answers = next.handle();
    if (!openCalls.has(context.getArgs())) return answers;
    return answers.pipe(
      loadRxjs().tap({
        complete: () => endCall(context, 200),
        error: (thrown: unknown) => endCall(context, failedAs(thrown)),
        unsubscribe: () => endCall(context, 200, true),
      }),
    );
  }
}

const callEnd = new CallEnd();

/** Has the calls of this class settled by how they end, where it is a resolver or a gateway that `settles` any. */
export function settleCallsOf(
  provider: Decorated,
  handlers: readonly Decorated[],
  settles: (handler: Decorated) => boolean,
): void {
  const isGateway = Reflect.getMetadata('websockets:is_gateway', provider) === true;
  if (!(isGateway || handlers.some(isResolver)) || !handlers.some(settles)) return;
  const known: readonly unknown[] = Reflect.getMetadata(INTERCEPTORS, provider) ?? [];
  if (known.includes(callEnd)) return;
  // In front of the class's own, so that it sees what these make of an answer.
  Reflect.defineMetadata(INTERCEPTORS, [callEnd, ...known], provider);
}

/** Where `@UseInterceptors()` keeps them. */
const INTERCEPTORS = '__interceptors__';

export function isResolver(handler: Decorated): boolean {
  return [
    'graphql:resolver_type',
    'graphql:resolver_name',
    'graphql:resolve_reference',
    'graphql:resolve_property',
  ].some((key) => Reflect.hasMetadata(key, handler));
}

/** The status that an error asks for, by the conventions of Nest and of GraphQL's servers. */
function failedAs(thrown: unknown): number {
  const error = Object(thrown) as {
    readonly status?: unknown;
    readonly statusCode?: unknown;
    readonly extensions?: { readonly status?: unknown; readonly http?: { readonly status?: unknown } };
  };
  const ofNest = thrown instanceof common.HttpException ? [thrown.getStatus()] : [];
  const all = [...ofNest, error.extensions?.http?.status, error.extensions?.status, error.statusCode, error.status];
  return all.find((status): status is number => Number.isInteger(status) && (status as number) >= 400) ?? 500;
}
