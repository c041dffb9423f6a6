import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PipelineDocument } from '#pipelines/document.ts';
import { launch, type CrashChild, type Orders } from './crash-child.ts';
import { testServer } from './harness.ts';
import { check, type Call } from './invariants.ts';
import { outputsOf, randomPipeline } from './random-pipelines.ts';
import { Random } from './random.ts';

const PIPELINES = 8;
/** Servers that share a process, each with a data folder of its own: most of a round is the start of a process. */
const TOGETHER = 4;
/** Long enough for step processes to come up and for some steps to end. */
const LONGEST_LIFE = 1_000;

export interface KillReport {
  /** What does not hold afterwards. */
  readonly broken: string[];
  runs: number;
  /** Servers that were killed. */
  kills: number;
  /** Processes that died at a commit of one of their servers, at a random moment, and with nothing left to do. */
  readonly deaths: { commit: number; moment: number; idle: number };
  /** The latest commit at which one died. */
  lastCommit: number;
  /** Calls that a server took without living to answer. */
  unanswered: number;
}

/** A data folder with pipelines, and what a client of its servers knows. */
interface Place {
  readonly folder: string;
  readonly pipelines: readonly { readonly id: string; readonly document: PipelineDocument }[];
  readonly calls: Map<string, { readonly pipeline: string; readonly run: string | null }>;
}

/**
 * Kills servers again and again while they carry out random pipelines: at the first, second, third … transaction (before and after the commit),
 * (or each `stride`-th), and as often at a random moment. Calls without an answer are repeated. Then lets all runs end, and checks everything.
 */
export async function killRounds(folder: string, kills: number, seed: number, stride = 1): Promise<KillReport> {
  const random = new Random(seed);
  const places = await Promise.all(Array.from({ length: TOGETHER }, (_, index) => prepare(join(folder, String(index)), random)));
  const report: KillReport = { broken: [], runs: 0, kills: 0, deaths: { commit: 0, moment: 0, idle: 0 }, lastCommit: 0, unanswered: 0 };
  let commit = 1;
  let next = launch();
  for (let round = 0; report.kills < kills; round++, report.kills += TOGETHER) {
    const child = next;
    const orders = places.map((place, index) => ordersFor(place, `${index}-${round}`, random));
    const crashAt: Orders['crashAt'] = round % 2 === 0 ? { commit, when: random.pick(['before', 'after']) } : undefined;
    const first = random.below(TOGETHER);
    child.go(...orders.map((each, index) => (index === first ? { ...each, crashAt } : each)));
    next = launch();
    const death = await (crashAt ? dieAtCommit(child) : dieAtMoment(child, random));
    report.deaths[death] += 1;
    if (death === 'commit') report.lastCommit = Math.max(report.lastCommit, commit);
    if (crashAt) commit = death === 'commit' ? commit + stride : 1 + random.below(stride);
    for (const [index, place] of places.entries()) report.unanswered += listen(child, place, orders[index]!);
  }
  await next.kill();
  for (const place of places) await conclude(place, report);
  return report;
}

async function prepare(folder: string, random: Random): Promise<Place> {
  mkdirSync(folder);
  const server = await testServer({ folder, warm: 0 });
  const documents = Array.from({ length: PIPELINES }, (_, index) => randomPipeline(random, `p${index}`, folder));
  const pipelines = documents.map((document) => ({ id: server.save(document), document }));
  await server.leave();
  return { folder, pipelines, calls: new Map() };
}

function ordersFor({ folder, pipelines, calls }: Place, key: string, random: Random): Orders {
  const repeated = [...calls].filter(([, { run }]) => run === null).map(([known, { pipeline }]) => ({ key: known, pipeline }));
  const told = [...calls.values()].flatMap(({ run }) => run ?? []).slice(-3);
  return {
    folder,
    calls: [...repeated, { key, pipeline: random.pick(pipelines).id }],
    cancels: told.length > 0 && random.chance(0.15) ? [random.pick(told)] : [],
  };
}

/** Dies by itself, or has nothing left to do before its time has come. */
async function dieAtCommit(child: CrashChild): Promise<'commit' | 'idle'> {
  const death = await child
    .until((line) => line === 'idle')
    .then(
      () => 'idle' as const,
      () => child.ended.then(() => 'commit' as const),
    );
  await child.kill();
  return death;
}

async function dieAtMoment(child: CrashChild, random: Random): Promise<'moment'> {
  await child.until((line) => line.startsWith('pids '));
  await sleep(random.below(LONGEST_LIFE));
  await child.kill();
  return 'moment';
}

/** Notes what a server said of its calls before it died; gives how many were left without an answer. */
function listen(child: CrashChild, { calls }: Place, orders: Orders): number {
  let unanswered = 0;
  for (const { key, pipeline } of orders.calls) {
    if (!child.lines.includes(`asks ${key}`)) continue;
    const answer = child.lines.find((line) => line.startsWith(`started ${key} `));
    if (answer === undefined) unanswered += 1;
    calls.set(key, { pipeline, run: answer?.split(' ').at(-1) ?? null });
  }
  return unanswered;
}

/** Lets the runs of a data folder end in peace, and checks it. */
async function conclude({ folder, pipelines, calls }: Place, report: KillReport): Promise<void> {
  const server = await testServer({ folder });
  const runs = server.db.$client.prepare<[], string>('SELECT id FROM runs').pluck().all();
  await Promise.all(runs.map((id) => server.runs.ended(id)));
  await server.leave();
  const outputs = new Map(pipelines.flatMap(({ id, document }) => outputsOf(id, document)));
  const seen = [...calls].map(([key, { run }]): Call => ({ key, run }));
  report.runs += runs.length;
  report.broken.push(...(await check(folder, seen, { runs: 'ended', outputs, secrets: 'absent', readyAfter: 'absent' })), ...server.errors.map(String));
}
