import { withServer } from '../server-process.ts';
import { row } from '../figures.ts';
import type { BenchRow } from '../types.ts';
import { closedLoad } from './load.ts';
import { COLUMNS, deployModel, type Deployed } from './model.ts';

const ROWS = 256;
const SECONDS = 8;
const CONNECTIONS = 4;

/** A request of the Open Inference Protocol with its numbers as bytes: one tensor of all columns, or one for each. */
export function binaryRequest({ data }: Deployed, form: 'matrix' | 'columns'): { readonly headers: Record<string, string>; readonly body: Buffer } {
  const matrix = Float32Array.from({ length: ROWS * COLUMNS }, (_, index) => data.columns[index % COLUMNS]![Math.floor(index / COLUMNS)]!);
  const columns = data.columns.map((column) => Float32Array.from(column.subarray(0, ROWS)));
  const input = (name: string, width: number) => ({ name, shape: [ROWS, width], datatype: 'FP32', parameters: { binary_data_size: ROWS * width * 4 } });
  const inputs = form === 'matrix' ? [input('rows', COLUMNS)] : columns.map((_, index) => input(`x${index}`, 1));
  const head = Buffer.from(JSON.stringify({ inputs, parameters: { binary_data_output: true } }));
  const parts = (form === 'matrix' ? [matrix] : columns).map((each) => Buffer.from(each.buffer));
  return {
    headers: { 'inference-header-content-length': String(head.length), 'content-type': 'application/octet-stream' },
    body: Buffer.concat([head, ...parts]),
  };
}

/** Many rows a request, as bytes, for a model that computes much and for one that computes little. */
export const binary = (): Promise<BenchRow[]> =>
  withServer(async (server, client) => {
    const rows: BenchRow[] = [];
    for (const [learner, title] of [
      ['two-class-logistic-regression', 'logistic regression'],
      ['two-class-boosted-decision-tree', '100 trees'],
    ] as const) {
      const deployed = await deployModel(client, learner === 'two-class-boosted-decision-tree' ? 'trees' : 'line', learner);
      for (const form of ['matrix', 'columns'] as const) {
        const { headers, body } = binaryRequest(deployed, form);
        const load = {
          url: `${server.url}/v2/models/${deployed.endpoint}/infer`,
          headers: { ...headers, authorization: `Bearer ${deployed.key}` },
          bodies: [body],
          connections: CONNECTIONS,
        };
        await closedLoad({ ...load, seconds: 2 });
        const { rate, p99 } = await closedLoad({ ...load, seconds: SECONDS });
        const shape = form === 'matrix' ? `one tensor ${ROWS} × ${COLUMNS}` : `${COLUMNS} tensors ${ROWS} × 1`;
        rows.push(row(`v2 binary: ${title}, ${shape} a request, ${CONNECTIONS} connections; p99 ${p99} ms; rows`, '/s', rate * ROWS));
      }
    }
    return rows;
  });
