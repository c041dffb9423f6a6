import { createWriteStream } from 'node:fs';
import { lookup } from 'node:dns';
import { request as requestHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NodeError } from '#nodes/kit/issues.ts';
import type { FileValue } from '#nodes/kit/kinds.ts';
import { isPublicAddress } from './addresses.ts';

export interface DownloadOptions {
  readonly folder: string;
  /** Hosts (`name` or `name:port`) that may be private addresses. */
  readonly allowedHosts: readonly string[];
  readonly maximumBytes: number;
  readonly timeoutMilliseconds: number;
  readonly signal: AbortSignal;
}

const REDIRECTS = 5;

/**
 * Fetches an http or https address into a file. The address of the host is checked as the connection is made, so a name that changes between
 * check and use gains nothing; each redirect is checked anew. Errors: `source_refused`, `source_unreachable`.
 */
export async function download(url: string, options: DownloadOptions): Promise<FileValue> {
  const timeout = AbortSignal.timeout(options.timeoutMilliseconds);
  const signal = AbortSignal.any([options.signal, timeout]);
  try {
    let address = url;
    for (let hop = 0; hop <= REDIRECTS; hop++) {
      const target = parse(address);
      const response = await open(target, options.allowedHosts, signal);
      const status = response.statusCode ?? 0;
      const { location } = response.headers;
      if (status >= 300 && status < 400 && location) {
        response.destroy();
        address = new URL(location, target).href;
        continue;
      }
      if (status !== 200) {
        response.destroy();
        throw new NodeError('source_unreachable', `${target.host} answered ${status}. Check the address.`, { param: 'url' });
      }
      return await save(response, target, options, signal);
    }
    throw new NodeError('source_unreachable', `The address leads on more than ${REDIRECTS} times.`, { param: 'url' });
  } catch (error) {
    if (error instanceof NodeError || options.signal.aborted) throw error;
    if (timeout.aborted)
      throw new NodeError('source_unreachable', `The address did not answer in full within ${options.timeoutMilliseconds / 1_000} seconds.`, { param: 'url' });
    throw new NodeError('source_unreachable', `The address cannot be reached: ${error instanceof Error ? error.message : String(error)}.`, {
      param: 'url',
      cause: error,
    });
  }
}

function parse(address: string): URL {
  const url = URL.parse(address);
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new NodeError('source_refused', 'Only http and https addresses are fetched.', { param: 'url' });
  if (url.username !== '' || url.password !== '')
    throw new NodeError('source_refused', 'Addresses with a user name or password are not fetched.', { param: 'url' });
  return url;
}

const refused = (host: string): NodeError =>
  new NodeError('source_refused', `${host} is not a public address. The owner of this installation can allow it.`, { param: 'url' });

function open(url: URL, allowedHosts: readonly string[], signal: AbortSignal): Promise<IncomingMessage> {
  const allowed = allowedHosts.includes(url.hostname) || allowedHosts.includes(url.host);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (!allowed && isIP(host) !== 0 && !isPublicAddress(host)) throw refused(url.hostname);
  const checked: LookupFunction = (name, lookupOptions, done) => {
    lookup(name, { ...lookupOptions, all: true }, (error, addresses) => {
      if (error) return done(error, '');
      if (!allowed && !addresses.every(({ address }) => isPublicAddress(address))) return done(refused(url.hostname), '');
      const [first] = addresses;
      if (!first) return done(new Error('the name has no address'), '');
      return lookupOptions.all ? done(null, addresses) : done(null, first.address, first.family);
    });
  };
  const requestOptions: RequestOptions = {
    lookup: checked,
    signal,
    agent: false,
    headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'modelwright' },
  };
  return new Promise((resolve, reject) => {
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, requestOptions, resolve);
    request.on('error', reject);
    request.end();
  });
}

async function save(response: IncomingMessage, url: URL, { folder, maximumBytes }: DownloadOptions, signal: AbortSignal): Promise<FileValue> {
  const tooLarge = new NodeError('source_refused', `The file is larger than ${Math.floor(maximumBytes / 2 ** 20)} MB, the most that is fetched.`, {
    param: 'url',
  });
  if (Number(response.headers['content-length'] ?? 0) > maximumBytes) {
    response.destroy();
    throw tooLarge;
  }
  let bytes = 0;
  const limit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(bytes > maximumBytes ? tooLarge : null, chunk);
    },
  });
  const path = join(folder, 'download');
  await pipeline(response, limit, createWriteStream(path), { signal });
  return { path, name: url.pathname.split('/').at(-1) || url.hostname };
}
