import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NodeError } from '#nodes/kit/issues.ts';
import { isPublicAddress } from '#server/connections/addresses.ts';
import { download, type DownloadOptions } from './download.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-download-'));
let server: Server;
let port: number;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/data.csv') response.end('a,b\n1,2\n');
    else if (request.url === '/large') response.end(Buffer.alloc(5_000));
    else if (request.url === '/stream') response.write(Buffer.alloc(5_000), () => response.end());
    else if (request.url === '/hang') response.write('a');
    else if (request.url === '/inside') response.writeHead(302, { location: `http://127.0.0.2:${port}/data.csv` }).end();
    else if (request.url === '/file') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
    else if (request.url === '/again') response.writeHead(302, { location: '/data.csv' }).end();
    else if (request.url === '/round') response.writeHead(302, { location: '/round' }).end();
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const options = (more: Partial<DownloadOptions> = {}): DownloadOptions => ({
  folder,
  allowedHosts: [`127.0.0.1:${port}`],
  maximumBytes: 4_000,
  timeoutMilliseconds: 5_000,
  signal: new AbortController().signal,
  ...more,
});
const codeOf = (url: string, more?: Partial<DownloadOptions>): Promise<string> =>
  download(url, options(more)).then(
    () => 'fetched',
    (error: unknown) => (error instanceof NodeError ? error.code : String(error)),
  );

describe('download', () => {
  it('fetches from a host that the owner allows, and follows a redirect', async () => {
    const { path, name } = await download(`http://127.0.0.1:${port}/again`, options());
    expect([readFileSync(path, 'utf8'), name]).toEqual(['a,b\n1,2\n', 'data.csv']);
  });

  it.each(['/inside', '/file'])('refuses a redirect to %s', async (path) => expect(await codeOf(`http://127.0.0.1:${port}${path}`)).toBe('source_refused'));

  it.each(['/large', '/stream'])('refuses more than the limit (%s)', async (path) =>
    expect(await codeOf(`http://127.0.0.1:${port}${path}`)).toBe('source_refused'),
  );

  it('gives up on what does not end, leads in circles or is not there', async () => {
    expect(await codeOf(`http://127.0.0.1:${port}/hang`, { timeoutMilliseconds: 200 })).toBe('source_unreachable');
    expect(await codeOf(`http://127.0.0.1:${port}/round`)).toBe('source_unreachable');
    expect(await codeOf(`http://127.0.0.1:${port}/none`)).toBe('source_unreachable');
  });

  it('ends when the step is cancelled', async () => {
    const controller = new AbortController();
    const running = download(`http://127.0.0.1:${port}/hang`, options({ signal: controller.signal }));
    setTimeout(() => controller.abort(), 50);
    await expect(running).rejects.toThrow(/abort/i);
  });

  it.each([
    'http://127.0.0.1/x',
    'http://localhost/x',
    'http://[::1]/x',
    'http://[::ffff:a9fe:a9fe]/x',
    'http://0xA9FEA9FE/x',
    'http://2852039166/x',
    'http://0.0.0.0/x',
    'http://[fd00::1]/x',
    'http://169.254.169.254/latest/meta-data',
    'http://10.0.0.1/x',
    'https://192.168.1.1/x',
    'file:///etc/passwd',
    'gopher://example.org/x',
    'data:text/csv,a',
    'https://user:password@example.org/x',
  ])('refuses %s', async (url) => expect(await codeOf(url, { allowedHosts: [] })).toBe('source_refused'));
});

describe('public addresses', () => {
  it.each(['8.8.8.8', '93.184.216.34', '2606:2800:220:1::1'])('%s is one', (address) => expect(isPublicAddress(address)).toBe(true));
  it.each([
    '127.0.0.1',
    '100.64.1.1',
    '172.31.255.255',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:8.8.8.8',
    'fe80::1',
    'fc00::1',
    '2002:7f00:1::',
    '64:ff9b::7f00:1',
    'nonsense',
  ])('%s is none', (address) => expect(isPublicAddress(address)).toBe(false));
});
