import { readFileSync } from 'node:fs';
import { openLoad, type Answer } from '../engine/open-load.ts';
import { percentile, row, spread } from '../figures.ts';
import { familyOf, withServer } from '../server-process.ts';
import type { BenchRow } from '../types.ts';
import { deployModel, type Deployed } from './model.ts';
import { scoreRequest } from './one-row.ts';

const RATE = 200;
const SECONDS = 14;
const VICTIM_RATE = 50;

const inferencePids = (pid: number): number[] => familyOf(pid).filter((each) => readFileSync(`/proc/${each}/cmdline`, 'utf8').includes('inference-process'));

function load(url: string, deployed: Deployed, rate: number, seconds: number): Promise<Answer[]> {
  const { path, headers, bodies } = scoreRequest(deployed);
  return openLoad(url, rate, rate * seconds, (index) => {
    const body = bodies[index % bodies.length]!;
    return { options: { method: 'POST', path, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, body };
  });
}

const statuses = (answers: readonly Answer[]): string =>
  [...Map.groupBy(answers, (answer) => answer.status)].map(([status, group]) => `${group.length} × ${status}`).join(', ');
const p99 = (answers: readonly Answer[]): number =>
  percentile(
    answers.map((answer) => answer.milliseconds),
    0.99,
  );

/** One model hangs beyond its time limit, then is killed: what its neighbour notices, what its own callers are told, and when it is back. */
export const isolation = (): Promise<BenchRow[]> =>
  withServer(async (server, client) => {
    const steady = await deployModel(client, 'steady');
    const before = inferencePids(server.pid);
    const victim = await deployModel(client, 'victim');
    const victimPid = (): number => inferencePids(server.pid).find((pid) => !before.includes(pid))!;
    await load(server.url, steady, RATE, 2);
    const alone = await load(server.url, steady, RATE, SECONDS);
    process.kill(victimPid(), 'SIGSTOP');
    const [beside, hung] = await Promise.all([load(server.url, steady, RATE, SECONDS), load(server.url, victim, VICTIM_RATE, SECONDS)]);
    const strange = [...beside.filter((answer) => answer.status !== 200), ...hung.filter((answer) => ![200, 503, 504].includes(answer.status))];
    if (strange.length > 0) throw new Error(`An answer was ${strange[0]!.status}: ${strange[0]!.text}`);
    const began = performance.now();
    process.kill(victimPid(), 'SIGKILL');
    let last = 0;
    for (let good = 0; good < 3;) {
      const [answer] = await load(server.url, victim, 1, 1);
      good = answer!.status === 200 ? good + 1 : 0;
      if (good === 1) last = performance.now() - began;
    }
    return [
      row(`isolation, neighbour alone: ${RATE} requests/s; ${spread(alone.map((answer) => answer.milliseconds))}`, 'ms', p99(alone)),
      row(
        `isolation, neighbour of a model that hangs; ${spread(beside.map((answer) => answer.milliseconds))}; the model’s own callers got ${statuses(hung)}`,
        'ms',
        p99(beside),
      ),
      row('isolation, a killed model answers again', 'ms', last),
    ];
  });
