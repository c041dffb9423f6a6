import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NodeError } from '#nodes/kit/issues.ts';
import { checkHost, connectChecked, isAllowedHost } from './outbound.ts';
import { follow, parseAddress } from './request.ts';

let server: Server;
let port: number;
const seen: { path: string | undefined; authorization: string | undefined }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push({ path: request.url, authorization: request.headers.authorization });
    if (request.url === '/same') response.writeHead(302, { location: '/end' }).end();
    else if (request.url === '/other') response.writeHead(302, { location: `http://localhost:${port}/end` }).end();
    else if (request.url === '/metadata') response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
    else if (request.url === '/credentials') response.writeHead(302, { location: `http://me:pw@127.0.0.1:${port}/end` }).end();
    else response.end('ok');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const codeOf = (work: () => unknown): Promise<string> =>
  Promise.resolve()
    .then(work)
    .then(
      () => 'allowed',
      (error: unknown) => (error instanceof NodeError ? error.code : String(error)),
    );

describe('hosts', () => {
  it.each(['127.0.0.1', '::1', '[::1]', '[::ffff:a9fe:a9fe]', '0.0.0.0', '10.1.2.3', '169.254.169.254', 'fd00::1', '100.64.0.1'])('refuses %s', async (host) =>
    expect(await codeOf(() => checkHost(host, []))).toBe('connection_refused'),
  );

  // The URL parser writes these as 169.254.169.254.
  it.each(['http://0xA9FEA9FE/', 'http://2852039166/', 'http://0251.0376.0251.0376/'])('refuses %s', async (address) =>
    expect(await codeOf(() => checkHost(parseAddress(address).hostname, []))).toBe('connection_refused'),
  );

  it('allows by name, by port, and with brackets', () => {
    expect([
      isAllowedHost('Db.internal', ['db.internal'], 5432),
      isAllowedHost('db.internal', ['db.internal:5432'], 5432),
      isAllowedHost('db.internal', ['db.internal:5432'], 22),
      isAllowedHost('[::1]', ['::1']),
      isAllowedHost('::1', ['[::1]:80'], 80),
      isAllowedHost('evil.db.internal', ['db.internal']),
    ]).toEqual([true, true, false, true, true, false]);
  });

  it('checks a name as the socket connects', async () => {
    const connected = (allowed: readonly string[]): Promise<string> =>
      new Promise((done) => {
        const socket = connectChecked('localhost', port, allowed);
        socket.once('connect', () => done('connected'));
        socket.once('error', (error) => done(error instanceof NodeError ? error.code : error.message));
        socket.once('close', () => socket.destroy());
      }).then((result) => result as string);
    expect(await connected([])).toBe('connection_refused');
    expect(await connected([`localhost:${port}`])).toBe('connected');
  });
});

describe('requests', () => {
  const options = (allowedHosts: readonly string[]) => ({ allowedHosts, signal: new AbortController().signal, secretHeaders: { authorization: 'Bearer s' } });
  const bodyOf = async (path: string, allowed = [`127.0.0.1:${port}`]): Promise<number | undefined> => {
    seen.length = 0;
    const { response } = await follow(parseAddress(`http://127.0.0.1:${port}${path}`), options(allowed));
    response.resume();
    return response.statusCode;
  };

  it('keeps a secret header on the way to the same place only', async () => {
    await bodyOf('/same');
    expect(seen).toEqual([
      { path: '/same', authorization: 'Bearer s' },
      { path: '/end', authorization: 'Bearer s' },
    ]);
    await bodyOf('/other', [`127.0.0.1:${port}`, 'localhost']);
    expect(seen).toEqual([
      { path: '/other', authorization: 'Bearer s' },
      { path: '/end', authorization: undefined },
    ]);
  });

  it.each(['/other', '/metadata', '/credentials'])('refuses where %s leads to', async (path) =>
    expect(await codeOf(() => bodyOf(path))).toBe('connection_refused'),
  );

  it.each(['file:///etc/passwd', 'gopher://example.org/', 'data:text/csv,a', 'http://me:pw@example.org/', 'unix:/run/x.sock', 'nonsense'])(
    'refuses %s',
    async (address) => expect(await codeOf(() => parseAddress(address))).toBe('connection_refused'),
  );
});
