import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, expect, it } from 'vitest';
import type { AppEnv } from './auth/guard.ts';
import { AppError } from './errors.ts';
import { staticFiles } from './static.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-pages-'));
writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Page</title>');
afterAll(() => rmSync(folder, { recursive: true }));

const app = new Hono<AppEnv>();
app.onError((error, c) => c.body(null, error instanceof AppError ? (error.status as 404) : 500));
app.get('*', staticFiles(folder));

it.each(['/', '/runs', '/data/customers', '/data/customers.csv', '/models/churn.v2', '/endpoints/a.b', `/data/${encodeURIComponent('<img src=x.y>')}`])(
  'gives the page at %s',
  async (path) => {
    const answer = await app.request(path);
    expect([answer.status, await answer.text()]).toEqual([200, '<!doctype html><title>Page</title>']);
  },
);

it.each(['/none.js', '/_app/none', '/_app/immutable/none.js', '/data/a/b.csv', '/..%2f..%2fpackage.json'])('gives no page at %s', async (path) => {
  expect((await app.request(path)).status).toBe(404);
});
