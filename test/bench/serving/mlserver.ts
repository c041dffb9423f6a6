import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pythonWith } from '../peers.ts';
import { startServer, withDataFolder } from '../server-process.ts';
import type { BenchRow } from '../types.ts';
import { closedLoad } from './load.ts';
import { COLUMNS, deployModel, type Deployed } from './model.ts';
import { pathOfHash } from './stored.ts';

const PORT = 38_471;
const CONNECTIONS = 16;
const SECONDS = 8;
const START_LIMIT = 60_000;

/** A row as tensors of JSON, the same for both. */
const bodyOf = ({ row }: Deployed, index: number): string =>
  JSON.stringify({ inputs: Object.entries(row(index)).map(([name, value]) => ({ name, shape: [1, 1], datatype: 'FP32', data: [value] })) });

/** MLServer with the model, on a port of its own, for as long as the work takes. */
async function withMlserver<T>(python: string, model: string, work: (url: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-mlserver-'));
  copyFileSync(join(import.meta.dirname, 'mlserver_model.py'), join(folder, 'mlserver_model.py'));
  // In its own process: its workers need an older uvloop than its package asks for, and a pipe between them would only cost it time.
  const settings = { host: '127.0.0.1', http_port: PORT, grpc_port: PORT + 1, metrics_port: PORT + 2, debug: false, parallel_workers: 0 };
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
  writeFileSync(join(folder, 'model-settings.json'), JSON.stringify({ name: 'bench', implementation: 'mlserver_model.OnnxModel', parameters: { uri: model } }));
  const child = spawn(join(dirname(python), 'mlserver'), ['start', folder], { cwd: folder, stdio: ['ignore', 'ignore', 'ignore'], detached: true });
  try {
    const until = performance.now() + START_LIMIT;
    const ready = () =>
      fetch(`http://127.0.0.1:${PORT}/v2/models/bench/ready`).then(
        (answer) => answer.ok,
        () => false,
      );
    while (!(await ready())) {
      if (performance.now() > until || child.exitCode !== null) throw new Error('MLServer did not start.');
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    return await work(`http://127.0.0.1:${PORT}/v2/models/bench/infer`);
  } finally {
    process.kill(-child.pid!, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same model and the same requests, in turn. Without MLServer in the environment of `npm run test:interop` there is no peer. */
export const againstMlserver = (): Promise<BenchRow[]> =>
  withDataFolder(async (dataFolder) => {
    const server = await startServer(dataFolder);
    try {
      const client = await server.signIn();
      const deployed = await deployModel(client, 'bench');
      const { deployments } = await client.get<{ deployments: { hash: string }[] }>('/endpoints/bench');
      const bodies = Array.from({ length: 64 }, (_, index) => bodyOf(deployed, index));
      const load = { headers: { authorization: `Bearer ${deployed.key}`, 'content-type': 'application/json' }, bodies, connections: CONNECTIONS };
      const measure = async (url: string) => {
        await closedLoad({ ...load, url, seconds: 3 });
        return closedLoad({ ...load, url, seconds: SECONDS });
      };
      const ours = await measure(`${server.url}/v2/models/bench/infer`);
      const python = pythonWith('mlserver', 'onnxruntime');
      const peer = python === null ? null : await withMlserver(python, pathOfHash(dataFolder, deployments[0]!.hash), measure);
      const text = `against MLServer: one row as tensors of JSON, 100 trees, ${COLUMNS} columns, ${CONNECTIONS} connections; p99 ${ours.p99} ms${peer ? `, MLServer ${peer.p99} ms` : ''}`;
      return [
        { what: text, unit: '/s', ours: ours.rate, peer: peer?.rate ?? null, peerName: peer ? 'MLServer' : null, ratio: peer ? ours.rate / peer.rate : null },
      ];
    } finally {
      await server.kill();
    }
  });
