type Quantiles = { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null };

export interface LoadPlan {
  readonly by: 'clients' | 'rate';
  readonly steps: readonly number[];
  readonly seconds: number;
  readonly rows: number;
}
/** Milliseconds. */
export interface LoadStep extends Quantiles {
  readonly load: number;
  readonly seconds: number;
  readonly requests: number;
  readonly errors: number;
  readonly requestsPerSecond: number;
  readonly rowsPerSecond: number;
  readonly queue: Quantiles;
  readonly compute: Quantiles;
}
export interface LoadTest {
  readonly deployment: string;
  readonly state: 'running' | 'done';
  readonly plan: LoadPlan;
  readonly startedAt: string;
  readonly by: string;
  readonly steps: readonly LoadStep[];
  readonly current: LoadStep | null;
  readonly stopped: string | null;
}

interface Calls {
  readonly read: <T>(path: string) => Promise<T>;
  readonly send: <T = unknown>(method: string, path: string, body?: unknown) => Promise<T>;
}
type Answer = { readonly test: LoadTest | null };

/** Load tests of endpoints. */
export const loadTestApi = ({ read, send }: Calls) => {
  const at = (name: string): string => `/endpoints/${encodeURIComponent(name)}/load-test`;
  return {
    get: (name: string) => read<Answer>(at(name)),
    start: (name: string, plan: LoadPlan, deployment: string | null) => send<Answer>('POST', at(name), { plan, deployment }),
    cancel: (name: string) => send<Answer>('DELETE', at(name)),
  };
};
