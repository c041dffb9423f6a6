import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { PlacedIssue } from '#pipelines/check.ts';
import type { Logger } from 'pino';

/** A field of a request that is wrong, by JSON pointer. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** RFC 9457, with our extensions. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code?: string;
  readonly issues?: readonly PlacedIssue[];
  readonly errors?: readonly FieldError[];
  readonly requestId: string;
}

export interface ErrorDetails {
  readonly code?: string;
  readonly issues?: readonly PlacedIssue[];
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** The one error that routes and services throw for callers to read; everything else becomes a 500 without internals. */
export class AppError extends Error {
  readonly status: ContentfulStatusCode;
  readonly code: string | undefined;
  readonly issues: readonly PlacedIssue[] | undefined;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: ContentfulStatusCode, message: string, details: ErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = 'AppError';
    this.status = status;
    this.code = details.code;
    this.issues = details.issues;
    this.errors = details.errors;
    this.headers = details.headers ?? {};
  }
}

export const notFound = (what: string, name: string): AppError => new AppError(404, `There is no ${what} "${name}" in this workspace.`, { code: 'not_found' });

/** What a request that meets a full disk is told. */
export const diskFull = (why: string, cause?: unknown): AppError =>
  new AppError(507, `${why} Delete runs or datasets that are not needed, or make room on the disk; then try again. Nothing was lost.`, {
    code: 'disk_full',
    headers: { 'retry-after': '60' },
    cause,
  });

/** Whether an error, or one that led to it, says that the disk or a quota is full. */
export function isDiskFull(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as { code?: unknown };
    if (code === 'disk_full' || code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') return true;
  }
  return false;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  411: 'Length required',
  412: 'Changed by someone else',
  413: 'Too large',
  415: 'Unsupported media type',
  421: 'Wrong host',
  422: 'Not valid',
  428: 'If-Match required',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available now',
  504: 'Took too long',
  507: 'Disk full',
};

export function problemOf(error: AppError, requestId: string): Problem {
  return {
    type: error.code ? `/docs/errors#${error.code}` : 'about:blank',
    title: TITLES[error.status] ?? 'Error',
    status: error.status,
    detail: error.message,
    ...(error.code ? { code: error.code } : {}),
    ...(error.issues ? { issues: error.issues } : {}),
    ...(error.errors ? { errors: error.errors } : {}),
    requestId,
  };
}

/** Whatever was thrown, as an AppError; only AppError's text reaches the caller. */
export function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof HTTPException) {
    // What the router's own reader of bodies says.
    if (thrown.status === 400 && thrown.message.startsWith('Malformed JSON'))
      return new AppError(400, 'The body is not valid JSON.', { code: 'json_invalid', cause: thrown });
    return new AppError(thrown.status, thrown.status < 500 && thrown.message ? thrown.message : (TITLES[thrown.status] ?? 'Error'), { cause: thrown });
  }
  if (isDiskFull(thrown)) return diskFull('The disk of the data folder is full.', thrown);
  return new AppError(500, 'Something went wrong on the server. The request id below leads to it in the log.', { code: 'internal', cause: thrown });
}

/** The client went away while its body was being read. */
const isBrokenOff = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === 'ECONNRESET' && thrown.message === 'aborted';

/** Logs in full what was thrown by no one of us; a client that went away is no fault of the server. */
export function logUnexpected(thrown: unknown, error: AppError, request: Readonly<Record<string, unknown>>, log: Logger): void {
  if (error.status < 500 || thrown instanceof AppError) return;
  if (isBrokenOff(thrown)) log.info(request, 'request broken off');
  else log.error({ err: thrown, ...request }, 'request failed');
}

/** Answers with `application/problem+json`; unknown errors are logged in full and shown without internals. */
export function respondWithProblem(thrown: unknown, c: Context, requestId: string, log: Logger): Response {
  const error = asAppError(thrown);
  logUnexpected(thrown, error, { requestId, method: c.req.method, path: c.req.path }, log);
  return c.body(JSON.stringify(problemOf(error, requestId)), error.status, { ...error.headers, 'content-type': 'application/problem+json' });
}
