import type { FastifyContextConfig, FastifyRequest } from 'fastify';

/** What a request was routed to. */
export interface Route {
  readonly config: FastifyContextConfig;
  /** `undefined` where no route was found. */
  readonly url: string | undefined;
}

/** As Fastify 4 tells it before 4.24. */
interface Older {
  readonly routeConfig?: FastifyContextConfig;
  readonly context: { readonly config: FastifyContextConfig };
  readonly routerPath: string | undefined;
}

export function routeOf(request: FastifyRequest): Route {
  const { routeOptions } = request as { readonly routeOptions?: Partial<Route> };
  if (routeOptions?.config !== undefined) return { config: routeOptions.config, url: routeOptions.url };
  const older = request as unknown as Older;
  return { config: older.routeConfig ?? older.context.config, url: older.routerPath };
}
