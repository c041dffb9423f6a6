import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Readable } from 'node:stream';
import type { Context, MiddlewareHandler } from 'hono';
import type { AppEnv } from './auth/guard.ts';
import { AppError } from './errors.ts';
import { PathRefused, resolveInside } from './store/paths.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

/** Pages of things whose names people choose, such as `data/customers.csv`. */
const NAMED_PAGE = /^(?:data|models|endpoints)\/[^/]+$/;

interface IndexPage {
  readonly modified: number;
  readonly html: string;
  readonly policy: string;
}

const BASE_POLICY =
  "default-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/** Styles that views set on elements (places of cards, widths of bars) cannot be hashed. */
const STYLES = "style-src 'self' 'unsafe-inline'";

/** The policy of a page: its own inline scripts by their hashes, and no others. */
export function pagePolicy(html: string): string {
  const hashes = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    (match) => `'sha256-${createHash('sha256').update(match[1]!).digest('base64')}'`,
  );
  return `${BASE_POLICY}; ${STYLES}; script-src ${["'self'", ...hashes].join(' ')}; worker-src 'self' blob:`;
}

/** On every answer that is no page; a page has its own policy. */
export const ANSWER_HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
  'content-security-policy': `${BASE_POLICY}; ${STYLES}; script-src 'self'`,
  'cache-control': 'no-store',
};
const LEFT_AS_SET: readonly string[] = ['content-security-policy', 'cache-control'];

/** Puts them on. */
export const securityHeaders: MiddlewareHandler<AppEnv> = async (c, next) => {
  await next();
  const { headers } = c.res;
  for (const [name, value] of Object.entries(ANSWER_HEADERS)) if (!LEFT_AS_SET.includes(name) || !headers.has(name)) headers.set(name, value);
};

/**
 * Serves the built web app: files by their names, hashed ones for ever, and index.html for every path that looks like a page. A file that is
 * not there is 404, so that a stale tab sees the truth.
 */
export function staticFiles(folder: string): (c: Context<AppEnv>) => Response {
  let index: IndexPage | null = null;
  const readIndex = (): IndexPage | null => {
    const path = join(folder, 'index.html');
    const modified = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (modified === undefined) return null;
    if (index?.modified !== modified) {
      const html = readFileSync(path, 'utf8');
      index = { modified, html, policy: pagePolicy(html) };
    }
    return index;
  };
  const page = (c: Context<AppEnv>): Response => {
    const found = readIndex();
    if (!found) throw new AppError(503, 'The web app is not built. Run "npm run build".', { code: 'web_not_built' });
    return c.body(found.html, 200, { 'content-type': TYPES['.html']!, 'content-security-policy': found.policy, 'cache-control': 'no-cache' });
  };

  return (c) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') throw new AppError(405, 'Pages can only be read.', { headers: { allow: 'GET, HEAD' } });
    let name: string;
    try {
      name = decodeURIComponent(c.req.path).replace(/^\/+/, '');
    } catch {
      throw new AppError(400, 'The address is not well-formed.');
    }
    const extension = extname(name);
    if (name === '' || name === 'index.html' || (extension === '' && !name.startsWith('_app/')) || NAMED_PAGE.test(name)) return page(c);
    const path = fileAt(folder, name);
    if (path === null) throw new AppError(404, 'There is no such file.', { code: 'not_found' });
    const accepted = c.req.header('accept-encoding') ?? '';
    const encoding = ENCODINGS.find((each) => accepted.includes(each.name) && existsSync(path + each.suffix));
    const file = encoding ? path + encoding.suffix : path;
    return c.body(Readable.toWeb(createReadStream(file)) as ReadableStream, 200, {
      'content-type': TYPES[extension] ?? 'application/octet-stream',
      'content-length': String(statSync(file).size),
      'cache-control': name.startsWith('_app/immutable/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      ...(encoding ? { 'content-encoding': encoding.name } : {}),
    });
  };
}

function fileAt(folder: string, name: string): string | null {
  try {
    const path = resolveInside(folder, name);
    return statSync(path, { throwIfNoEntry: false })?.isFile() ? path : null;
  } catch (error) {
    if (error instanceof PathRefused || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
