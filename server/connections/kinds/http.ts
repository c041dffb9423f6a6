import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { NodeError } from '#nodes/kit/issues.ts';
import * as param from '#nodes/kit/params.ts';
import { defineKind, type ConnectionTools, type OpenConnection } from '../kind.ts';
import { partsOf } from '../allowed-folders.ts';
import { follow, parseAddress, reasonOf } from '../request.ts';

/** Files under a web address, to be read. */
export const http = defineKind({
  kind: 'http',
  title: 'HTTP',
  summary: 'Files under a web address, with a token or a header where that is needed.',
  gives: 'files',
  writes: false,
  lists: false,
  settings: z.object({
    url: param.text({
      title: 'Base address',
      help: 'Paths of files are added to it. Private addresses are refused unless the owner of this installation allows their host.',
      default: '',
      maximum: 2_000,
      placeholder: 'https://example.org/data/',
    }),
    authentication: param.choice({ title: 'Authentication', options: { none: 'None', bearer: 'Bearer token', header: 'Header' }, default: 'none' }),
    header: param.text({
      title: 'Header',
      help: 'The name of the header that carries the secret.',
      default: '',
      maximum: 200,
      placeholder: 'X-Api-Key',
      shownWhen: { param: 'authentication', is: ['header'] },
    }),
  }),
  secrets: z.object({ secret: param.secret({ title: 'Token or value of the header' }) }),
  secretsGoTo: ['url'],
  open: async ({ url, authentication, header }, { secret }, tools) => {
    const base = parseAddress(url.trim());
    if (!base.pathname.endsWith('/')) base.pathname += '/';
    if (authentication !== 'none' && secret === '') throw new NodeError('connection_failed', 'Give the token or the value of the header.', { param: 'secret' });
    if (!/^[\x20-\x7e]*$/.test(secret))
      throw new NodeError('parameter_invalid', 'A token has no line breaks and no letters beyond ASCII.', { param: 'secret' });
    if (authentication === 'header' && !/^[\w-]+$/.test(header))
      throw new NodeError('parameter_invalid', 'The name of the header is not valid.', { param: 'header' });
    const secretHeaders = authentication === 'bearer' ? { authorization: `Bearer ${secret}` } : authentication === 'header' ? { [header]: secret } : {};
    return openHttp(base, secretHeaders, tools);
  },
});

function openHttp(base: URL, secretHeaders: OutgoingHttpHeaders, { signal, allowedHosts }: ConnectionTools): OpenConnection {
  const ask = async (url: URL, method: 'GET' | 'HEAD'): Promise<IncomingMessage> => {
    try {
      return (await follow(url, { allowedHosts, signal, method, secretHeaders })).response;
    } catch (cause) {
      if (cause instanceof NodeError || signal.aborted) throw cause;
      throw new NodeError('connection_failed', `${url.host} cannot be reached: ${reasonOf(cause)}.`, { cause });
    }
  };
  /** The answer for a file. */
  const found = async (path: string, method: 'GET' | 'HEAD'): Promise<IncomingMessage> => {
    const response = await ask(addressOf(base, path), method);
    if (response.statusCode === 200) return response;
    response.destroy();
    throw new NodeError('connection_failed', `${base.host} answered ${response.statusCode} for “${path}”.`, { param: 'path' });
  };
  return {
    async test() {
      const response = await ask(base, 'HEAD');
      response.destroy();
      const status = response.statusCode ?? 0;
      if (status === 401 || status === 403)
        throw new NodeError('connection_failed', `${base.host} did not accept the credentials (${status}).`, { param: 'secret' });
      if (status >= 500) throw new NodeError('connection_failed', `${base.host} answered ${status}.`);
      return status < 400 ? `${base.host} answers.` : `${base.host} answers, though not at the base address itself (${status}).`;
    },
    async list() {
      throw new NodeError('connection_failed', `${base.host} keeps no list of its files. Give the path of one.`, { param: 'path' });
    },
    files: {
      async state(path) {
        const { headers } = (await found(path, 'HEAD')).destroy();
        return headers.etag ?? `${headers['last-modified'] ?? ''}-${headers['content-length'] ?? ''}`;
      },
      read: (path) => found(path, 'GET'),
    },
    close: async () => undefined,
  };
}

/** A file's address, which lies below the base. A query may follow the path. Errors: `connection_refused`. */
function addressOf(base: URL, path: string): URL {
  partsOf(path.split('?')[0]!);
  const url = URL.parse(path.replace(/^\/+/, './'), base);
  if (!url || url.origin !== base.origin || url.username !== '' || url.password !== '' || !url.pathname.startsWith(base.pathname))
    throw new NodeError('connection_refused', 'This path leads away from the base address of the connection.', { param: 'path' });
  return url;
}
