import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Inference } from '#server/serving/inference.ts';
import { rowReader } from '#server/serving/rows.ts';
import type { SignatureInput, SignatureOutput } from '#nodes/kit/signature.ts';
import { pathOfHash } from './stored.ts';
import { median, row, spread } from '../figures.ts';
import { startServer, withDataFolder } from '../server-process.ts';
import type { BenchRow } from '../types.ts';
import { COLUMNS, deployModel } from './model.ts';

const STARTS = 7;

interface EndpointView {
  readonly deployments: readonly { readonly hash: string }[];
  readonly input: readonly SignatureInput[];
  readonly output: readonly SignatureOutput[];
}

/** From nothing to the first answer of a model: a process, ONNX Runtime, the model, and a row through it. */
export const coldStart = (): Promise<BenchRow[]> =>
  withDataFolder(async (dataFolder) => {
    const server = await startServer(dataFolder);
    const emptyFolder = mkdtempSync(join(tmpdir(), 'modelwright-empty-'));
    process.env.NODE_COMPILE_CACHE ??= resolve('build/step-compile-cache');
    try {
      const client = await server.signIn();
      const deployed = await deployModel(client, 'bench');
      const { deployments, input, output } = await client.get<EndpointView>('/endpoints/bench');
      const signature = { inputs: input, outputs: output };
      const batch = rowReader(signature).records([deployed.row(0)]);
      const times: number[] = [];
      for (let index = 0; index <= STARTS; index++) {
        const began = performance.now();
        const inference = await Inference.start({ path: pathOfHash(dataFolder, deployments[0]!.hash), emptyFolder, threads: 1 }, signature);
        await inference.score(batch);
        // The first one fills the cache of compiled code.
        if (index > 0) times.push(performance.now() - began);
        await inference.close();
      }
      return [row(`cold start: from no process to the first answer, 100 trees, ${COLUMNS} columns; ${spread(times)}`, 'ms', median(times))];
    } finally {
      rmSync(emptyFolder, { recursive: true });
      await server.kill();
    }
  });
