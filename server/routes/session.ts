import { createRoute, z } from '@hono/zod-openapi';
import { deleteCookie, setCookie } from 'hono/cookie';
import { permit, SESSION_COOKIE, workspaceOf } from '../auth/guard.ts';
import type { Services } from '../services.ts';
import type { TokenView } from '../auth/access.ts';
import { body, byId, json, none, router, typed } from './router.ts';

const tags = ['Session'];

/** Signing in and out, and API tokens. */
export const sessionRoutes = ({ access }: Services) =>
  router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/session',
        tags,
        summary: 'Who is signed in',
        middleware: permit('read', 'session'),
        responses: { 200: json(z.object({ user: z.object({ name: z.string() }), workspace: z.object({ id: z.string(), name: z.string() }) }), 'The session.') },
      }),
      (c) => {
        const principal = c.get('principal');
        workspaceOf(principal);
        return c.json({ user: { name: principal.kind === 'anonymous' ? '' : principal.name }, workspace: { ...access.workspace } }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/session',
        tags,
        summary: 'Sign in with the one-time token of the sign-in link',
        request: body(z.strictObject({ token: z.string().min(20).max(200) })),
        responses: { 204: none('Signed in; the session is in a cookie.') },
      }),
      (c) => {
        const { secret, expiresAt } = access.signIn(c.req.valid('json').token);
        setCookie(c, SESSION_COOKIE, secret, {
          httpOnly: true,
          sameSite: 'Strict',
          path: '/',
          expires: new Date(expiresAt),
          secure: new URL(c.req.url).protocol === 'https:',
        });
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/session',
        tags,
        summary: 'Sign out',
        middleware: permit('write', 'session'),
        responses: { 204: none('Signed out.') },
      }),
      (c) => {
        const principal = c.get('principal');
        if (principal.kind === 'person') access.signOut(principal.sessionId);
        deleteCookie(c, SESSION_COOKIE, { path: '/' });
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/tokens',
        tags,
        summary: 'API tokens, without their secrets',
        middleware: permit('read', 'token'),
        responses: { 200: json(typed<{ items: readonly TokenView[] }>('items'), 'All tokens.') },
      }),
      (c) => c.json({ items: access.tokens(workspaceOf(c.get('principal'))) }, 200),
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/tokens',
        tags,
        summary: 'Make an API token',
        middleware: permit('write', 'token'),
        request: body(z.strictObject({ name: z.string().trim().min(1).max(100) })),
        responses: { 201: json(typed<TokenView & { token: string }>('The token is shown here and never again.'), 'Made.') },
      }),
      (c) => c.json(access.createToken(workspaceOf(c.get('principal')), c.req.valid('json').name), 201),
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/tokens/{id}',
        tags,
        summary: 'Revoke an API token',
        middleware: permit('write', 'token'),
        request: { params: byId },
        responses: { 204: none('Revoked.') },
      }),
      (c) => {
        access.removeToken(workspaceOf(c.get('principal')), c.req.valid('param').id);
        return c.body(null, 204);
      },
    );
