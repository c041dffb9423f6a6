import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NodeError } from '#nodes/kit/issues.ts';
import type { FileValue } from '#nodes/kit/kinds.ts';
import { follow, parseAddress } from '#server/connections/request.ts';

export interface DownloadOptions {
  readonly folder: string;
  /** Hosts (`name` or `name:port`) that may be private addresses. */
  readonly allowedHosts: readonly string[];
  readonly maximumBytes: number;
  readonly timeoutMilliseconds: number;
  readonly signal: AbortSignal;
}

/**
 * Fetches an http or https address into a file. The address of the host is checked as the connection is made, so a name that changes between
 * check and use gains nothing; each redirect is checked anew. Errors: `source_refused`, `source_unreachable`.
 */
export async function download(address: string, options: DownloadOptions): Promise<FileValue> {
  const timeout = AbortSignal.timeout(options.timeoutMilliseconds);
  const signal = AbortSignal.any([options.signal, timeout]);
  const { allowedHosts } = options;
  try {
    const { response, url } = await follow(parseAddress(address), { allowedHosts, signal });
    if (response.statusCode !== 200) {
      response.destroy();
      throw unreachable(`${url.host} answered ${response.statusCode}. Check the address.`);
    }
    return await save(response, url, options, signal);
  } catch (error) {
    if (error instanceof NodeError && error.code === 'connection_refused') throw new NodeError('source_refused', error.message, { param: 'url', cause: error });
    if (error instanceof NodeError && error.code === 'connection_failed') throw unreachable(error.message, error);
    if (error instanceof NodeError || options.signal.aborted) throw error;
    if (timeout.aborted) throw unreachable(`The address did not answer in full within ${options.timeoutMilliseconds / 1_000} seconds.`);
    throw unreachable(`The address cannot be reached: ${error instanceof Error ? error.message : String(error)}.`, error);
  }
}

const unreachable = (message: string, cause?: unknown): NodeError => new NodeError('source_unreachable', message, { param: 'url', cause });

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
