import { request as requestHttp, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { NodeError } from '#nodes/kit/issues.ts';
import { checkedLookup, checkHost } from './outbound.ts';

export interface RequestOptions {
  readonly allowedHosts: readonly string[];
  readonly signal: AbortSignal;
  readonly method?: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  readonly headers?: OutgoingHttpHeaders;
  /** Goes along only as long as redirects stay with the scheme, host and port of the first address. */
  readonly secretHeaders?: OutgoingHttpHeaders;
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
}

const REDIRECTS = 5;
/** A server that sends nothing for so long is given up. */
const SILENT_MILLISECONDS = 60_000;

/** What to say of an error of a socket. */
export const reasonOf = (error: unknown): string => {
  const { code, message } = error as { code?: string; message?: string };
  return message || code || String(error);
};

/** An http or https address without credentials in it. Errors: `connection_refused`. */
export function parseAddress(address: string, base?: URL): URL {
  const url = URL.parse(address, base);
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new NodeError('connection_refused', 'Only http and https addresses are fetched.', { param: 'url' });
  if (url.username !== '' || url.password !== '')
    throw new NodeError('connection_refused', 'Addresses with a user name or password are not fetched.', { param: 'url' });
  return url;
}

/** One request over a checked socket; whatever the server answers. Errors: `connection_refused`, and those of the socket. */
export async function send(url: URL, { allowedHosts, signal, method = 'GET', headers, secretHeaders, body }: RequestOptions): Promise<IncomingMessage> {
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  checkHost(url.hostname, allowedHosts, port);
  const response = Promise.withResolvers<IncomingMessage>();
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(
    url,
    {
      method,
      signal,
      agent: false,
      timeout: SILENT_MILLISECONDS,
      lookup: checkedLookup(allowedHosts, port),
      headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'modelwright', ...headers, ...secretHeaders },
    },
    response.resolve,
  );
  request.on('error', response.reject);
  request.on('timeout', () => request.destroy(new NodeError('connection_failed', `${url.host} sent nothing for ${SILENT_MILLISECONDS / 1_000} seconds.`)));
  if (body === undefined || body instanceof Uint8Array) request.end(body);
  else pipeline(body, request).catch(response.reject);
  return response.promise;
}

/**
 * A request that follows redirects, each checked anew; gives the last answer, whatever its status, and where it came from.
 * Errors: `connection_refused`, `connection_failed` when it leads on without end, and those of the socket.
 */
export async function follow(address: URL, options: RequestOptions): Promise<{ response: IncomingMessage; url: URL }> {
  let url = address;
  for (let hop = 0; hop <= REDIRECTS; hop++) {
    const secretHeaders = url.origin === address.origin ? options.secretHeaders : undefined;
    const response = await send(url, { ...options, secretHeaders });
    const { location } = response.headers;
    if ((response.statusCode ?? 0) < 300 || (response.statusCode ?? 0) >= 400 || !location) return { response, url };
    response.destroy();
    url = parseAddress(location, url);
  }
  throw new NodeError('connection_failed', `The address leads on more than ${REDIRECTS} times.`, { param: 'url' });
}
