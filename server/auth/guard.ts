import { parse as parseCookies } from 'hono/utils/cookie';
import type { MiddlewareHandler } from 'hono';
import { AppError } from '../errors.ts';
import { bearerOf } from './secrets.ts';
import { ANONYMOUS, can, type Action, type Principal, type Subject } from './principal.ts';

export interface AppEnv {
  Variables: { principal: Principal; requestId: string };
}

/** What the guard needs to know of sessions and tokens. */
export interface Credentials {
  bySession(secret: string): Principal | null;
  byToken(secret: string): Principal | null;
}

export const SESSION_COOKIE = 'modelwright_session';
export const LOOPBACK_NAMES: readonly string[] = ['127.0.0.1', 'localhost', '::1'];

/** Calls of pipeline endpoints, by each of their addresses. */
const CALL = /^\/api\/v1\/(?:(?:triggers|pipeline-endpoints)\/[^/]+\/runs|PipelineRuns\/(?:PipelineSubmit|PipelineEndpointSubmit\/Id)\/[^/]+)$/;
export const isCall = (method: string, path: string): boolean => method === 'POST' && CALL.test(path);

/**
 * Doors that take no session: the probes, signing in, and triggers, which bring their own secret (checked by the route itself). The list is kept a
 * second time, as a literal, in test/api/router.test.ts. Addresses that score have a door of their own: server/routes/scoring.ts.
 */
const PUBLIC: readonly { readonly method: string; readonly path: RegExp }[] = [
  { method: 'GET', path: /^\/healthz$/ },
  { method: 'GET', path: /^\/readyz$/ },
  { method: 'POST', path: /^\/api\/v1\/session$/ },
  { method: 'POST', path: CALL },
];

/** Paths that belong to the server; all else is the web app, which is public and holds no data. */
export const isServerPath = (path: string): boolean =>
  /^\/(?:api|metrics|healthz|readyz|v2)(?:[/;%?#]|$)|^\/endpoints\/[^/]+\/(?:v2(?:\/|$)|(?:score|swagger\.json|invocations|ping|health|version)$)/i.test(path);

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** The name in a Host header without port and trailing dot, in lower case; null when it is not well-formed. */
export function hostName(header: string | undefined): string | null {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(header ?? '');
  const name = match?.[1] ?? match?.[2];
  return name === undefined ? null : name.toLowerCase().replace(/\.$/, '');
}

function sameOrigin(origin: string, host: string): boolean {
  try {
    const url = new URL(origin);
    return (url.protocol === 'http:' || url.protocol === 'https:') && url.host === host.toLowerCase().replace(/\.(?=:|$)/, '');
  } catch {
    return false;
  }
}

/** What says who asks, of a request that came to any door. */
export interface Knock {
  readonly method: string;
  /** Whether the path is the server's, and not a page's. */
  readonly ours: boolean;
  readonly host: string | undefined;
  readonly authorization: string | undefined;
  readonly cookie: string | undefined;
  readonly origin: string | undefined;
  readonly site: string | undefined;
}

/** Refuses foreign hosts (421) and foreign origins (403), and finds out who asks. */
export function identify(credentials: Credentials, knock: Knock, hosts: readonly string[] = LOOPBACK_NAMES): Principal {
  const name = hostName(knock.host);
  if (name === null || !hosts.includes(name)) {
    throw new AppError(421, 'This server answers only under its own address. Open it as http://127.0.0.1 or http://localhost with its port.', {
      code: 'wrong_host',
    });
  }
  const bearer = bearerOf(knock.authorization);
  if (bearer !== null) return (bearer.startsWith('mw_') ? credentials.byToken(bearer) : null) ?? ANONYMOUS;
  const cookie = knock.cookie === undefined ? undefined : parseCookies(knock.cookie, SESSION_COOKIE)[SESSION_COOKIE];
  refuseForeignPages(knock, cookie !== undefined);
  return (cookie ? credentials.bySession(cookie) : null) ?? ANONYMOUS;
}

/**
 * Stands in front of every route: finds out who asks, and lets nobody without credentials past the literal list of public doors (401), whether
 * the path exists or not.
 */
export function guard(credentials: Credentials, hosts?: readonly string[]): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const { method, path } = c.req;
    const ours = isServerPath(path);
    const header = (header: string) => c.req.header(header);
    const principal = identify(
      credentials,
      {
        method,
        ours,
        host: header('host'),
        authorization: header('authorization'),
        cookie: header('cookie'),
        origin: header('origin'),
        site: header('sec-fetch-site'),
      },
      hosts,
    );
    c.set('principal', principal);
    const unsafe = !SAFE_METHODS.includes(method);
    if (principal.kind === 'anonymous' && (ours || unsafe) && !PUBLIC.some((door) => door.method === method && door.path.test(path))) {
      throw new AppError(401, 'Sign in first: open the link that the terminal shows, or send an API token as "Authorization: Bearer mw_…".', {
        code: 'not_signed_in',
        headers: { 'www-authenticate': 'Bearer realm="modelwright"' },
      });
    }
    await next();
  };
}

function refuseForeignPages({ method, ours, host = '', origin, site }: Knock, cookie: boolean): void {
  const unsafe = !SAFE_METHODS.includes(method);
  const refused = (): AppError =>
    new AppError(403, 'The request comes from another web page. Use the app itself, or an API token.', { code: 'foreign_origin' });
  if (origin !== undefined && (unsafe || ours) && !sameOrigin(origin, host)) throw refused();
  if (site !== undefined && site !== 'same-origin' && site !== 'none' && (unsafe || ours)) throw refused();
  // A browser always tells where an unsafe request comes from; a cookie without that is not from our page.
  if (unsafe && cookie && origin === undefined && site === undefined) throw refused();
}

/** What a route asks for; readable on the middleware, so that a test can walk the router's table. */
export interface Permission {
  readonly action: Action;
  readonly kind: Subject['kind'];
}

/** Put on every route: asks `can` before the handler runs. */
export function permit(action: Action, kind: Subject['kind']): MiddlewareHandler<AppEnv> & { readonly permission: Permission } {
  const middleware: MiddlewareHandler<AppEnv> = async (c, next) => {
    const principal = c.get('principal');
    if (!can(principal, action, { kind })) {
      throw principal.kind === 'anonymous'
        ? new AppError(401, 'Sign in first.', { code: 'not_signed_in' })
        : new AppError(403, 'This needs a signed-in person; an API token cannot do it.', { code: 'not_allowed' });
    }
    await next();
  };
  return Object.assign(middleware, { permission: { action, kind } });
}

/** The workspace of whoever asks; call it in handlers behind `permit`. */
export function workspaceOf(principal: Principal): string {
  if (principal.kind === 'anonymous') throw new AppError(401, 'Sign in first.', { code: 'not_signed_in' });
  return principal.workspaceId;
}

/** Who a run or an asset is recorded as started by. */
export function starterOf(principal: Principal): { kind: 'person' | 'token'; name: string } {
  if (principal.kind === 'anonymous') throw new AppError(401, 'Sign in first.', { code: 'not_signed_in' });
  return { kind: principal.kind, name: principal.name };
}
