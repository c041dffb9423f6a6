// A server that the recovery tests kill: locks the data folder, starts as many runs as it is told, and says so once each is committed.
import { lockDataFolder } from '#server/db/lock.ts';
import { testServer } from './harness.ts';

const [folder, pipeline, runs] = process.argv.slice(2) as [string, string, string];
lockDataFolder(folder);
const server = await testServer({ folder });
process.stdout.write(`pids ${server.pool.pids.join(',')}\n`);
for (let count = 0; count < Number(runs); count++) process.stdout.write(`started ${(await server.start(pipeline)).id}\n`);
