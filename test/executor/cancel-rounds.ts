import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder, testServer, type TestServer } from './harness.ts';
import { check, processesIn } from './invariants.ts';
import { Random } from './random.ts';
import { pipelineOf, type TestNode } from './test-nodes.ts';

const TOGETHER = 10;
const LONGEST_WAIT = 150;
/** A run ends so soon after its cancel, whatever its steps do; and so soon when they listen. */
const END_MILLISECONDS = 60_000;

export interface CancelReport {
  readonly broken: string[];
  /** How the runs ended: a cancel may come too late. */
  readonly ends: Record<string, number>;
  /** The longest from a cancel to the end of a run whose steps listen, in milliseconds. */
  slowest: number;
}

/** Cancels runs at random instants, some twice, some just as they end, some whose steps do not listen and start processes of their own. */
export async function cancelRounds(cancels: number, seed: number): Promise<CancelReport> {
  const random = new Random(seed);
  const report: CancelReport = { broken: [], ends: {}, slowest: 0 };
  const server = await testServer({ folder: temporaryFolder(), slots: 3, killAfterMilliseconds: 50 });
  for (let done = 0; done < cancels; done += TOGETHER)
    await Promise.all(Array.from({ length: Math.min(TOGETHER, cancels - done) }, (_, index) => cancelOne(server, random, done + index, report)));
  const { used } = server.computes.find('w', null)!.slots;
  if (used !== 0) report.broken.push(`${used} slots are still taken`);
  const alive = server.pool.pids;
  for (let tries = 0; tries < 1_500 && processesIn(server.folder).some((pid) => !alive.includes(pid)); tries++) await sleep(20);
  const left = processesIn(server.folder).filter((pid) => !server.pool.pids.includes(pid));
  if (left.length > 0) report.broken.push(`processes of cancelled steps are left: ${left.join(', ')}`);
  report.broken.push(...server.errors.map(String));
  await server.leave();
  report.broken.push(...(await check(server.folder, 'absent', { runs: 'ended', outputs: 'absent', secrets: 'absent', readyAfter: 'absent' })));
  return report;
}

async function cancelOne(server: TestServer, random: Random, number: number, report: CancelReport): Promise<void> {
  const obstinate = random.chance(0.15);
  const finishing = random.chance(0.3);
  const value = String(number);
  const slow: TestNode = obstinate
    ? { type: 'chance', from: ['a'], params: { value, behaviour: random.pick(['deaf', 'offspring']) } }
    : { type: 'chance', from: ['a'], params: { value, behaviour: 'wait', gate: join(server.folder, `gate-${number}`) } };
  const quick: TestNode = { type: 'chance', from: ['a'], params: { value } };
  const id = server.save(pipelineOf({ a: { type: 'chance', params: { value } }, b: finishing ? quick : slow, c: { type: 'chance', from: ['b'] } }));
  const wait = random.below(LONGEST_WAIT);
  const twice = random.chance(0.25);
  const { id: run } = await server.start(id);
  const ended = server.runs.ended(run);
  // The event is followed before the last step ends, so that the cancel meets the end of the run.
  if (finishing && random.chance(0.7)) await server.until(run, (event) => event.type === 'step' && event.node === 'c' && event.status !== 'queued');
  else await sleep(wait);
  const from = performance.now();
  server.runs.cancel('w', run);
  if (twice) setTimeout(() => server.runs.cancel('w', run), random.below(20));
  const late = new AbortController();
  const intime = await Promise.race([ended.then(() => true), sleep(END_MILLISECONDS, false, { signal: late.signal }).catch(() => false)]);
  late.abort();
  if (!intime) report.broken.push(`run ${number} had not ended ${END_MILLISECONDS} ms after its cancel`);
  if (!obstinate) report.slowest = Math.max(report.slowest, performance.now() - from);
  const { status } = server.runs.summary('w', run);
  report.ends[status] = (report.ends[status] ?? 0) + 1;
}
