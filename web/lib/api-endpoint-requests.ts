type Cell = string | number | boolean | null;

export interface LoggedRow {
  readonly requestId: string;
  readonly row: number;
  readonly deployment: string;
  readonly at: string;
  readonly milliseconds: number;
  readonly input: Readonly<Record<string, Cell>>;
  readonly output: Readonly<Record<string, Cell>>;
  readonly truth: Cell;
}
export interface Truth {
  readonly requestId: string;
  readonly row: number;
  readonly value: string | number | boolean;
}
/** How right the answers of a day were. */
export interface Realised {
  readonly at: string;
  readonly rowCount: number;
  readonly accuracy: number | null;
  readonly meanAbsoluteError: number | null;
  readonly rootMeanSquaredError: number | null;
}

/** What one answer came from. */
export interface PredictionLineage {
  /** `hash` null: the deployment is gone, and with it all that follows. */
  readonly deployment: { readonly name: string; readonly hash: string | null };
  readonly inferencePipeline: { readonly id: string; readonly name: string } | null;
  readonly models: readonly { readonly name: string; readonly version: number }[];
  readonly run: { readonly id: string; readonly number: number; readonly node: string } | null;
  readonly pipeline: { readonly id: string; readonly name: string; readonly versionId: string; readonly revision: number } | null;
  readonly datasets: readonly { readonly name: string; readonly version: number; readonly hash: string }[];
}

interface Calls {
  readonly read: <T>(path: string, query?: Record<string, string | number>) => Promise<T>;
  readonly send: <T = unknown>(method: string, path: string, body?: unknown) => Promise<T>;
}
const MOST = 10_000;

/** Logged rows of endpoints, and how it really was. */
export const endpointRequestsApi = ({ read, send }: Calls) => {
  const at = (name: string, rest: string): string => `/endpoints/${encodeURIComponent(name)}/${rest}`;
  return {
    requests: (name: string) => read<{ items: readonly LoggedRow[] }>(at(name, 'requests'), { limit: 200 }),
    lineage: (name: string, requestId: string) => read<PredictionLineage>(at(name, `requests/${encodeURIComponent(requestId)}/lineage`)),
    removeRequests: (name: string) => send('DELETE', at(name, 'requests')),
    tell: async (name: string, truths: readonly Truth[]) => {
      const sum = { matched: 0, unknown: 0 };
      for (let from = 0; from < truths.length; from += MOST) {
        const part = await send<typeof sum>('POST', at(name, 'truth'), { items: truths.slice(from, from + MOST) });
        sum.matched += part.matched;
        sum.unknown += part.unknown;
      }
      return sum;
    },
    realised: (name: string) => read<{ items: readonly Realised[] }>(at(name, 'realised')),
  };
};
