import autocannon from 'autocannon';

export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Bodies that are sent in turn. */
  readonly bodies: readonly (string | Buffer)[];
  readonly connections: number;
  readonly seconds: number;
}

export interface Loaded {
  /** Requests a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** A closed load: each connection sends its next request when the one before is answered. Throws when any answer is not 200. */
export async function closedLoad({ url, headers, bodies, connections, seconds }: Load): Promise<Loaded> {
  const requests = bodies.map((body) => ({ method: 'POST' as const, headers: { ...headers }, body }));
  const result = await autocannon({ url, connections, duration: seconds, requests });
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`Under load ${result.non2xx} answers were errors and ${result.errors} were lost.`);
  return { rate: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 };
}
