import { lookup } from 'node:dns';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { NodeError } from '#nodes/kit/issues.ts';
import { isPublicAddress } from './addresses.ts';

const bare = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase();

/** Whether the owner allows a host although its address is private: by its name, or by name and port. */
export function isAllowedHost(host: string, allowedHosts: readonly string[], port?: number): boolean {
  const name = bare(host);
  const written = name.includes(':') ? `[${name}]` : name;
  return allowedHosts.some((each) => bare(each) === name || (port !== undefined && each.toLowerCase() === `${written}:${port}`));
}

const refused = (host: string): NodeError =>
  new NodeError('connection_refused', `${host} is not a public address. The owner of this installation can allow it: MODELWRIGHT_ALLOWED_HOSTS.`, {
    param: 'host',
  });

/**
 * Refuses an address that is not public, unless the owner allows it. Names are checked by `checkedLookup` as the connection is made; an address
 * is never looked up, so that both are needed. Errors: `connection_refused`.
 */
export function checkHost(host: string, allowedHosts: readonly string[], port?: number): void {
  const name = bare(host);
  if (isIP(name) !== 0 && !isPublicAddress(name) && !isAllowedHost(name, allowedHosts, port)) throw refused(host);
}

/**
 * The `lookup` of a socket that refuses names with an address that is not public: what is checked is what is connected to, so that a name that
 * changes between check and use gains nothing. With the port, entries such as `name:port` count too.
 */
export const checkedLookup =
  (allowedHosts: readonly string[], port?: number): LookupFunction =>
  (name, options, done) => {
    lookup(name, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '');
      if (!isAllowedHost(name, allowedHosts, port) && !addresses.every(({ address }) => isPublicAddress(address))) return done(refused(name), '');
      const [first] = addresses;
      if (!first) return done(new Error('the name has no address'), '');
      return options.all ? done(null, addresses) : done(null, first.address, first.family);
    });
  };

/** A socket to a checked address, as the drivers of databases take it; it connects by itself. Errors: `connection_refused`, on the socket or thrown. */
export function connectChecked(host: string, port: number, allowedHosts: readonly string[]): Socket {
  checkHost(host, allowedHosts, port);
  return connect({ host: bare(host), port, lookup: checkedLookup(allowedHosts, port) });
}
