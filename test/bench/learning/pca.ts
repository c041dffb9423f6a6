import { availableParallelism } from 'node:os';
import { principalComponents } from '#nodes/kernels/pca.server.ts';
import { makeClassification } from './make-classification.ts';
import type { BenchRow } from '../types.ts';
import { contest } from './contest.ts';

const ROWS = 200_000;
const COLUMNS = 50;

/** All principal components, against PCA; the quality is the first one's variance. */
export async function pca(): Promise<BenchRow[]> {
  const { columns } = makeClassification(ROWS, COLUMNS);
  return [
    await contest({
      what: `pca: ${ROWS.toLocaleString('en-US')} × ${COLUMNS}`,
      measure: 'variance',
      columns,
      async ours() {
        const fit = (rowCount: number) =>
          principalComponents(
            { rowCount, columns: columns.map((each) => each.subarray(0, rowCount)) },
            { scale: false, threads: availableParallelism() },
            async () => {},
          );
        await fit(5_000);
        const started = performance.now();
        const { explained } = await fit(ROWS);
        return { ms: performance.now() - started, quality: explained[0]! };
      },
      peer: 'pca',
      times: 7,
    }),
  ];
}
