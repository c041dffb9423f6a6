import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NodeError } from '#nodes/kit/issues.ts';
import type { OpenConnection } from '../kind.ts';
import { http } from './http.ts';

let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    const url = request.url ?? '';
    const known = request.headers.authorization === 'Bearer let-me-in' || request.headers['x-key'] === 'let-me-in';
    if (url.startsWith('/private') && !known) response.writeHead(401).end();
    else if (url === '/data/a.csv' || url === '/private/a.csv') response.writeHead(200, { etag: '"1"' }).end('a\n1\n');
    else if (url === '/data/years.csv?year=2026') response.end('year\n2026\n');
    else if (url === '/data/metadata') response.writeHead(302, { location: 'http://169.254.169.254/latest' }).end();
    else if (url === '/data/inside') response.writeHead(302, { location: `http://127.0.0.2:${port}/data/a.csv` }).end();
    else if (url === '/data/') response.end('hello');
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const open = (path = '/data', settings: object = {}, secret = '', allowedHosts: readonly string[] = [`127.0.0.1:${port}`]): Promise<OpenConnection> =>
  http.open(
    http.settings.parse({ url: path.startsWith('/') ? `http://127.0.0.1:${port}${path}` : path, ...settings }),
    { secret },
    {
      signal: new AbortController().signal,
      allowedHosts,
      allowedFolders: [],
    },
  );
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'allowed',
    (error: unknown) => (error instanceof NodeError ? error.code : String(error)),
  );
async function textOf(connection: OpenConnection, path: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await connection.files!.read(path)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe('reading', () => {
  it('gives files below the base address', async () => {
    const connection = await open();
    expect([await textOf(connection, 'a.csv'), await textOf(connection, '/a.csv'), await textOf(connection, 'years.csv?year=2026')]).toEqual([
      'a\n1\n',
      'a\n1\n',
      'year\n2026\n',
    ]);
    expect([await connection.test(), await connection.files!.state('a.csv')]).toEqual([`127.0.0.1:${port} answers.`, '"1"']);
    await expect(connection.list('')).rejects.toMatchObject({
      code: 'connection_failed',
      message: `127.0.0.1:${port} keeps no list of its files. Give the path of one.`,
    });
    expect(connection.files!.write).toBeUndefined();
  });

  it.each([
    '../private/a.csv',
    '%2e%2e/private/a.csv',
    '//example.org/a.csv',
    'http://169.254.169.254/latest',
    'file:///etc/passwd',
    '..\\private',
    'a/../../b',
  ])('does not go to %s', async (path) => {
    const connection = await open();
    expect(await codeOf(connection.files!.read(path))).not.toBe('allowed');
  });

  it.each(['metadata', 'inside'])('does not follow to %s', async (path) => expect(await codeOf((await open()).files!.read(path))).toBe('connection_refused'));

  it('says what is not there', async () => expect(await codeOf((await open()).files!.read('gone.csv'))).toBe('connection_failed'));
});

describe('credentials', () => {
  it.each([
    [{ authentication: 'bearer' }, 'let-me-in'],
    [{ authentication: 'header', header: 'X-Key' }, 'let-me-in'],
  ])('go along: %j', async (settings, secret) => {
    const connection = await open('/private', settings, secret);
    expect(await textOf(connection, 'a.csv')).toBe('a\n1\n');
  });

  it('that are wrong are told', async () => {
    expect(await codeOf((await open('/private', { authentication: 'bearer' }, 'wrong')).test())).toBe('connection_failed');
    expect(await codeOf(open('/private', { authentication: 'bearer' }))).toBe('connection_failed');
  });

  it.each(['a\r\nX-Other: 1', 'ä'])('cannot carry a header of their own: %j', async (secret) =>
    expect(await codeOf(open('/private', { authentication: 'bearer' }, secret))).toBe('parameter_invalid'),
  );
});

describe('addresses', () => {
  it.each(['http://me:pw@example.org/', 'file:///etc/', 'gopher://example.org/', 'unix:/run/a.sock', ''])('refuses %s', async (url) =>
    expect(await codeOf(open(url))).toBe('connection_refused'),
  );

  it.each([
    'http://127.0.0.1:1/',
    'http://[::1]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://0xA9FEA9FE/',
    'http://2852039166/',
    'http://0.0.0.0/',
    'http://[fd00::1]/',
    'http://localhost:1/',
  ])('refuses %s unless it is allowed', async (url) =>
    expect(await codeOf(open(url, {}, '', []).then((connection) => connection.test()))).toBe('connection_refused'),
  );
});
