import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BenchRow } from '../types.ts';
import { oneDownload } from './documents.ts';
import { row, whole } from '../figures.ts';
import { closedLoad } from './open-load.ts';
import { familyOf, longestBlock, memoryOf, startServer, withDataFolder } from '../server-process.ts';
import { accepted, allRuns, noneLost, savePipeline, triggerOf } from './triggers.ts';

const RUNS = 10_000;
const CONNECTIONS = 8;
const HOST = '127.0.0.1';

/** An address that takes connections and never answers, for the work. */
async function withSilence<T>(work: (url: string) => Promise<T>): Promise<T> {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, HOST, resolve));
  try {
    return await work(`http://${HOST}:${(silent.address() as AddressInfo).port}/table.csv`);
  } finally {
    silent.closeAllConnections();
    await new Promise((resolve) => silent.close(resolve));
  }
}

/** As many runs as may wait, behind steps that hold all slots; what the server needs for them, and that none is lost when it is killed. */
export const queuedRuns = (): Promise<BenchRow[]> =>
  withSilence((address) =>
    withDataFolder(async (folder) => {
      const environment = { MODELWRIGHT_ALLOWED_HOSTS: HOST };
      let server = await startServer(folder, environment);
      try {
        const client = await server.signIn();
        const pipeline = await savePipeline(client, oneDownload(address));
        const call = await triggerOf(client, pipeline);
        await longestBlock(client);
        const began = performance.now();
        const ids = accepted(await closedLoad(server.url, CONNECTIONS, RUNS, () => call({})));
        const seconds = (performance.now() - began) / 1_000;
        const block = await longestBlock(client);
        const { runsQueued, slots, slotsUsed } = await client.get<{ runsQueued: number; slots: number; slotsUsed: number }>('/system');
        if (slotsUsed !== slots) throw new Error(`Only ${slotsUsed} of ${slots} slots are taken.`);
        const own = memoryOf([server.pid]);
        const all = memoryOf(familyOf(server.pid));
        const shared = own.proportional === null ? '' : `, PSS ${whole(own.proportional)} MB, of all processes ${whole(all.proportional!)} MB`;
        await server.kill();

        server = await startServer(folder, environment);
        const again = await server.signIn();
        const found = await allRuns(again, pipeline);
        noneLost(ids, found);
        const ended = [...found.values()].filter((status) => !['queued', 'running'].includes(status));
        if (ended.length > 0) throw new Error(`${ended.length} runs that had not ended are ${ended[0]} after the restart.`);
        return [
          row(
            `queued runs: ${whole(RUNS)} accepted at ${whole(RUNS / seconds)}/s by ${CONNECTIONS} connections, ${whole(runsQueued)} queued, RSS of the server${shared}`,
            'MB',
            own.resident,
          ),
          row('queued runs, longest event loop block of the server while they came', 'ms', block),
          row(`queued runs, start to ready after kill -9: all ${whole(found.size)} are there`, 'ms', server.readyAfter),
        ];
      } finally {
        await server.kill();
      }
    }),
  );
