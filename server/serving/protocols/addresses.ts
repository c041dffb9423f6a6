export type Protocol = 'own' | 'open-inference' | 'mlflow' | 'azure';

/** What an address that scores says. */
export interface ScoringAddress {
  readonly protocol: Protocol;
  /** The endpoint in the address; null under `/v2`, where a model may be named later. */
  readonly endpoint: string | null;
  /** Within the protocol. */
  readonly path: string;
  readonly query: string;
  /** For metrics: the address without names. */
  readonly route: string;
}

const OWN = /^\/api\/v1\/endpoints\/([^/]+)\/score$/;
const SHARED = /^\/v2((?:\/.*)?)$/;
const ENDPOINT = /^\/endpoints\/([^/]+)(?:\/v2((?:\/.*)?)|(\/score|\/swagger\.json)|(\/invocations|\/ping|\/health|\/version))$/;
/** Addresses repeat; so many are remembered. */
const KEPT = 2_000;
const LONGEST = 2_000;

const known = new Map<string, ScoringAddress | null>();

/** Null for an address that is not for scoring. `url` is path and query. */
export function scoringAddress(method: string, url: string): ScoringAddress | null {
  // Cheap for all that pages ask for.
  if (!url.startsWith('/v2') && !url.startsWith('/endpoints/') && !url.startsWith('/api/v1/endpoints/')) return null;
  const key = `${method} ${url}`;
  let address = known.get(key);
  if (address === undefined) {
    address = parse(method, url);
    if (known.size >= KEPT) known.clear();
    if (key.length <= LONGEST) known.set(key, address);
  }
  return address;
}

function parse(method: string, url: string): ScoringAddress | null {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? '' : url.slice(mark + 1);
  const own = OWN.exec(path);
  // Other methods there are nobody's; the guard says so.
  if (own) return method === 'POST' ? named('own', own[1]!, '', query, '/api/v1/endpoints/{name}/score') : null;
  const shared = SHARED.exec(path);
  if (shared) return { protocol: 'open-inference', endpoint: null, path: shared[1]!, query, route: `/v2${routeOf(shared[1]!)}` };
  const [, name, inference, azure, mlflow] = ENDPOINT.exec(path) ?? [];
  if (name === undefined) return null;
  if (inference !== undefined) return named('open-inference', name, inference, query, `/endpoints/{name}/v2${routeOf(inference)}`);
  return azure !== undefined
    ? named('azure', name, azure, query, `/endpoints/{name}${azure}`)
    : named('mlflow', name, mlflow!, query, `/endpoints/{name}${mlflow!}`);
}

function named(protocol: Protocol, name: string, path: string, query: string, route: string): ScoringAddress | null {
  try {
    return { protocol, endpoint: decodeURIComponent(name), path, query, route };
  } catch {
    return null;
  }
}

const routeOf = (path: string): string =>
  /^(?:\/health\/(?:live|ready)|\/repository\/index|\/models\/stats)?$/.test(path)
    ? path
    : /^\/models\/[^/]+\/infer$/.test(path)
      ? '/models/{name}/infer'
      : '/…';
