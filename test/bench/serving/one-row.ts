import { withServer } from '../server-process.ts';
import { percentile, row, spread } from '../figures.ts';
import type { BenchRow } from '../types.ts';
import { openLoad } from '../engine/open-load.ts';
import { closedLoad } from './load.ts';
import { COLUMNS, deployModel, type Deployed } from './model.ts';

const CONNECTIONS = 16;
const SECONDS = 10;
const BODIES = 64;
const RATE = 1_000;

export const scoreRequest = ({ endpoint, key, row }: Deployed, count = BODIES) => ({
  path: `/api/v1/endpoints/${endpoint}/score`,
  headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  bodies: Array.from({ length: count }, (_, index) => JSON.stringify({ rows: [row(index)] })),
});

/** One row a request, as JSON, with the endpoint's key, counted and measured: how many a second, and how long each takes at a fixed rate. */
export const oneRow = (only: string): Promise<BenchRow[]> =>
  withServer(async (server, client) => {
    const { path, headers, bodies } = scoreRequest(await deployModel(client, 'bench'));
    const what = `100 trees, ${COLUMNS} columns`;
    const rows: BenchRow[] = [];
    const load = { url: server.url + path, headers, bodies, connections: CONNECTIONS };
    await closedLoad({ ...load, seconds: 3 });
    if ('one-row JSON'.includes(only)) {
      const { rate, p50, p99 } = await closedLoad({ ...load, seconds: SECONDS });
      rows.push(row(`one-row JSON: ${what}, ${CONNECTIONS} connections; p50 ${p50}, p99 ${p99} ms`, '/s', rate));
    }
    if ('open model p99'.includes(only)) {
      const answers = await openLoad(server.url, RATE, RATE * SECONDS, (index) => {
        const body = bodies[index % bodies.length]!;
        return { options: { method: 'POST', path, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, body };
      });
      const wrong = answers.find((answer) => answer.status !== 200);
      if (wrong) throw new Error(`Scoring gave ${wrong.status}: ${wrong.text}`);
      const late = percentile(
        answers.map((answer) => answer.late),
        0.99,
      );
      const times = answers.map((answer) => answer.milliseconds);
      rows.push(
        row(
          `open model p99: ${what}, ${RATE} requests/s for ${SECONDS} s; ${spread(times)}; sent late p99 ${late.toFixed(1)} ms`,
          'ms',
          percentile(times, 0.99),
        ),
      );
    }
    return rows;
  });
