// Servers that tests kill: loads itself, waits on stdin for what each is to do, locks the data folders, starts runs as told and says what it does.
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type Sqlite from 'better-sqlite3';
import { lockDataFolder } from '#server/db/lock.ts';
import type { Orders } from './crash-child.ts';
import { testServer } from './harness.ts';

const [line] = (await once(createInterface({ input: process.stdin }), 'line')) as [string];
const say = (text: string): void => void process.stdout.write(`${text}\n`);

function die(): void {
  process.kill(process.pid, 'SIGKILL');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** Ends this process with the n-th transaction: as its last act before the commit, or right after. */
function crashWith(client: Sqlite.Database, { commit, when }: NonNullable<Orders['crashAt']>): void {
  let count = 0;
  const transaction = client.transaction.bind(client);
  const wrap = (work: (...args: unknown[]) => unknown): unknown => {
    const inner = transaction((...args: unknown[]) => {
      const result = work(...args);
      count += 1;
      if (count === commit && when === 'before') die();
      return result;
    });
    const immediate = (...args: unknown[]): unknown => {
      const result = inner.immediate(...args);
      if (count === commit) die();
      return result;
    };
    return Object.assign(immediate, { immediate });
  };
  Object.assign(client, { transaction: wrap });
}

const servers = await Promise.all(
  (JSON.parse(line) as Orders[]).map(async (orders) => {
    const { folder, crashAt } = orders;
    lockDataFolder(folder);
    return { orders, server: await testServer({ folder, warm: 1, opened: ({ $client }) => crashAt && crashWith($client, crashAt) }) };
  }),
);
say(`pids ${servers.flatMap(({ server }) => server.pool.pids).join(',')}`);
await Promise.all(
  servers.map(async ({ orders: { calls, cancels = [] }, server }) => {
    for (const id of cancels) server.runs.cancel('w', id);
    for (const { key, pipeline } of calls) {
      say(`asks ${key}`);
      say(`started ${key} ${(await server.start(pipeline, { idempotencyKey: key })).id}`);
    }
    const open = server.db.$client.prepare<[], string>(`SELECT id FROM runs WHERE status IN ('queued', 'running', 'cancelling')`).pluck().all();
    await Promise.all(open.map((id) => server.runs.ended(id)));
  }),
);
say('idle');
setInterval(() => {}, 1_000_000);
