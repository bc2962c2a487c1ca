/** A dispatcher's `dispatch`, as undici has it from 7 on. */
// biome-ignore lint/suspicious/noExplicitAny: each undici has types of its own for its arguments
export type Dispatch = (options: any, handler: any) => boolean;

/** What undici's `compose` takes. */
export type Interceptor = (dispatch: Dispatch) => Dispatch;

/** What is read of the options of a call. */
export interface DispatchOptions {
  readonly origin?: string | URL | undefined;
  readonly path: string;
  readonly method: string;
  readonly headers?: readonly string[] | Iterable<readonly [string, FieldValue]> | Fields | null | undefined;
  readonly query?: Readonly<Record<string, unknown>> | null | undefined;
}

export type FieldValue = string | readonly string[] | undefined;
export type Fields = Readonly<Record<string, FieldValue>>;

/** How a request that was started is ended. */
export interface Controller {
  readonly paused: boolean;
  readonly aborted: boolean;
  readonly reason: unknown;
  abort(reason: unknown): void;
  pause(): void;
  resume(): void;
}

/** What is told of a call. */
export interface DispatchHandler {
  onRequestStart?(controller: Controller, context: unknown): void;
  onRequestUpgrade?(controller: Controller, status: number, fields: Fields, socket: unknown): void;
  onResponseStart?(controller: Controller, status: number, fields: Fields, message?: string): void;
  onResponseData?(controller: Controller, chunk: unknown): void;
  onResponseEnd?(controller: Controller, trailers: Fields): void;
  onResponseError?(controller: Controller | null, error: unknown): void;
}
