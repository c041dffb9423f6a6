/** The entry of a step process: forked by the step pool, it carries out steps and tasks that the parent sends, and ends with it. */
import { join } from 'node:path';
import { catalog } from '#nodes/catalog.ts';
import type { AnyNode } from '#nodes/kit/define.ts';
import { KeptCrews } from '#nodes/kernels/kernel-crews.server.ts';
import { allowMemory } from '#nodes/kernels/memory.server.ts';
import { runs } from '#nodes/runs.server.ts';
import type { FromProcess, StepSpec, Tasks, ToProcess } from './messages.ts';
import { collectGarbage, collectStartGarbage } from '#server/garbage.ts';
import { secretsHidden } from '#server/connections/open.ts';
import { DuckEngine } from './runtime/duck-engine.ts';
import { failureOf, isCancelled, stackOf } from './runtime/failure.ts';
import { peakMemory, resetPeakMemory } from './runtime/peak-memory.ts';
import { limitReports } from './runtime/report-limits.ts';
import { runStep } from './runtime/run-step.ts';
import type { Reporter } from './runtime/step-context.ts';
import { createToolbox } from './runtime/toolbox.ts';
import { runTask } from './tasks/run-task.ts';

const nodes: Readonly<Record<string, AnyNode>> = catalog;
const toolbox = createToolbox();
const engine = new DuckEngine(join(process.cwd(), 'tables'));
const crews = new KeptCrews(collectGarbage);
/**
 * Tasks that a table comes in by, and a page of its rows as they stand, which is looked at between them and takes next to no memory; for all other
 * work there is more memory without the crews that these leave.
 */
function keepsCrews({ task: name, args }: Extract<ToProcess, { type: 'task' }>): boolean {
  if (name !== 'rows') return name === 'ingest' || name === 'profile';
  const { sort, search, filters } = args as Tasks['rows']['args'];
  return !sort && !search && !filters?.length;
}
const kept = { engine, crews };
const working = new Map<string, AbortController>();
let begun = 0;

const send = (message: FromProcess): void => {
  if (process.connected) process.send!(message);
};

const reporterOf = (id: string, hide: Hide): Reporter =>
  limitReports({
    log: (level, message) => send({ type: 'log', id, level, message: hide(message) }),
    progress: (fraction, message) => send({ type: 'progress', id, fraction, message: hide(message) }),
    metric: (name, value, iteration) => send({ type: 'metric', id, name, value, iteration }),
  });

/** Takes out of a text what is not to leave the process. */
type Hide = (text: string) => string;
const asIs: Hide = (text) => text;

/** Milliseconds of computing, of all threads, since `began`. */
function computing(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

async function work(
  id: string,
  hide: Hide,
  carryOut: (reporter: Reporter, signal: AbortSignal, began: NodeJS.CpuUsage) => Promise<FromProcess>,
): Promise<void> {
  const began = process.cpuUsage();
  const reporter = reporterOf(id, hide);
  const controller = new AbortController();
  working.set(id, controller);
  begun++;
  try {
    send(await carryOut(reporter, controller.signal, began));
  } catch (error) {
    if (isCancelled(error, controller.signal)) send({ type: 'cancelled', id });
    else {
      const failure = failureOf(error);
      if (failure.code === 'step_threw') reporter.log('error', stackOf(error));
      send({ type: 'failed', id, ...failure, message: hide(failure.message), cpuMilliseconds: computing(began) });
    }
  } finally {
    working.delete(id);
    engine.prepare();
  }
}

function step(spec: StepSpec): Promise<void> {
  const id = spec.attemptId;
  const hide = secretsHidden(Object.values(spec.connections ?? {}));
  return work(id, hide, async (reporter, signal, began) => {
    await crews.giveUp();
    allowMemory(spec.memoryBytes);
    // What earlier steps left would count as taken.
    if (process.memoryUsage.rss() > spec.memoryBytes / 2) await collectGarbage();
    resetPeakMemory();
    const { type } = spec.node;
    const definition = Object.hasOwn(nodes, type) ? nodes[type] : undefined;
    const run = Object.hasOwn(runs, type) ? runs[type] : undefined;
    const { outputs, effects } = await runStep(spec, { definition, run, toolbox, engine, reporter, signal });
    return { type: 'succeeded', id, outputs, effects, peakBytes: peakMemory(), cpuMilliseconds: computing(began) };
  });
}

const task = (order: Extract<ToProcess, { type: 'task' }>): Promise<void> =>
  work(order.id, asIs, async (_reporter, signal) => {
    const { id, task: name, args, memoryBytes } = order;
    if (!keepsCrews(order)) await crews.giveUp();
    allowMemory(memoryBytes ?? Infinity);
    return { type: 'finished', id, result: await runTask(name, args as Tasks[typeof name]['args'], signal, kept, memoryBytes) };
  });

process.on('message', (message: ToProcess) => {
  if (message.type === 'cancel') return working.get(message.id)?.abort();
  send({ type: 'begun', id: message.type === 'run' ? message.spec.attemptId : message.id });
  void (message.type === 'run' ? step(message.spec) : task(message));
});
// Without a parent nobody takes the result.
process.on('disconnect', () => process.exit(0));

engine.prepare();
send({ type: 'ready', pid: process.pid });
collectStartGarbage(() => (working.size === 0 ? begun : null));
