import { availableParallelism } from 'node:os';
import { clusterRows } from '#nodes/kernels/k-means.server.ts';
import { turns } from '#nodes/kernels/turns.ts';
import { makeClassification } from './make-classification.ts';
import type { BenchRow } from '../types.ts';
import { contest } from './contest.ts';

const ROWS = 200_000;
const COLUMNS = 28;
const CLUSTERS = 8;

/** Eight clusters from one start each of the same number of seeds, against KMeans; the quality is the mean inertia. */
export async function kMeans(): Promise<BenchRow[]> {
  const { columns } = makeClassification(ROWS, COLUMNS);
  const seeds = 5;
  return [
    await contest({
      what: `k-means: k=${CLUSTERS}, ${ROWS.toLocaleString('en-US')} × ${COLUMNS}, mean of ${seeds} seeds`,
      measure: 'inertia',
      columns,
      settings: { clusters: CLUSTERS, seeds },
      async ours() {
        const started = performance.now();
        let inertia = 0;
        for (let seed = 0; seed < seeds; seed += 1) {
          const data = { rowCount: ROWS, width: COLUMNS, column: (index: number) => columns[index]! };
          const options = { clusters: CLUSTERS, seeding: 'k-means++', iterations: 300, seed } as const;
          inertia += (await clusterRows(data, options, { threads: availableParallelism(), breathe: turns(new AbortController().signal) })).inertia / seeds;
        }
        return { ms: (performance.now() - started) / seeds, quality: inertia };
      },
      peer: 'k_means',
    }),
  ];
}
