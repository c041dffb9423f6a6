// A server that the tests of confinement kill: a pool with one step that never looks up. Says the pid of the step's process.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chooseConfinement } from '#server/executor/confinement/choose.ts';
import { StepPool } from '#server/executor/step-pool.ts';

const folder = process.argv[2]!;
const pool = new StepPool({
  slots: 1,
  warm: 1,
  memoryBytes: 2 ** 29,
  folder: join(folder, 'processes'),
  entry: fileURLToPath(new URL('./confined-process.ts', import.meta.url)),
  confinement: await chooseConfinement({ dataFolder: folder }),
});
void pool.run(
  {
    attemptId: 'a',
    stepId: 'a',
    node: { id: 'n', type: 'test', version: 1 },
    params: { does: 'spin' },
    inputs: {},
    datasets: {},
    files: {},
    outputFolder: folder,
    scratchFolder: folder,
    threads: 1,
    memoryBytes: 2 ** 29,
    allowedHosts: [],
  },
  ({ type }) => type === 'log' && process.stdout.write(`${pool.pids.join(',')}\n`),
  new AbortController().signal,
);
