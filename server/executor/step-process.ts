/** The entry of a step process: forked by the step pool, it carries out steps and tasks that the parent sends, and ends with it. */
import { join } from 'node:path';
import { catalog } from '#nodes/catalog.ts';
import type { AnyNode } from '#nodes/kit/define.ts';
import { runs } from '#nodes/runs.server.ts';
import type { FromProcess, StepSpec, TaskName, Tasks, ToProcess } from './messages.ts';
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
const working = new Map<string, AbortController>();

const send = (message: FromProcess): void => {
  if (process.connected) process.send!(message);
};

const reporterOf = (id: string): Reporter =>
  limitReports({
    log: (level, message) => send({ type: 'log', id, level, message }),
    progress: (fraction, message) => send({ type: 'progress', id, fraction, message }),
    metric: (name, value, iteration) => send({ type: 'metric', id, name, value, iteration }),
  });

/** Milliseconds of computing, of all threads, since `began`. */
function computing(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}

async function work(id: string, reporter: Reporter, carryOut: (signal: AbortSignal, began: NodeJS.CpuUsage) => Promise<FromProcess>): Promise<void> {
  const began = process.cpuUsage();
  const controller = new AbortController();
  working.set(id, controller);
  try {
    send(await carryOut(controller.signal, began));
  } catch (error) {
    if (isCancelled(error, controller.signal)) send({ type: 'cancelled', id });
    else {
      const failure = failureOf(error);
      if (failure.code === 'step_threw') reporter.log('error', stackOf(error));
      send({ type: 'failed', id, ...failure, cpuMilliseconds: computing(began) });
    }
  } finally {
    working.delete(id);
    engine.prepare();
  }
}

function step(spec: StepSpec): Promise<void> {
  const id = spec.attemptId;
  const reporter = reporterOf(id);
  return work(id, reporter, async (signal, began) => {
    resetPeakMemory();
    const { type } = spec.node;
    const definition = Object.hasOwn(nodes, type) ? nodes[type] : undefined;
    const run = Object.hasOwn(runs, type) ? runs[type] : undefined;
    const { outputs, effects } = await runStep(spec, { definition, run, toolbox, engine, reporter, signal });
    return { type: 'succeeded', id, outputs, effects, peakBytes: peakMemory(), cpuMilliseconds: computing(began) };
  });
}

const task = (id: string, name: TaskName, args: unknown): Promise<void> =>
  work(id, reporterOf(id), async (signal) => ({ type: 'finished', id, result: await runTask(name, args as Tasks[typeof name]['args'], signal, engine) }));

process.on('message', (message: ToProcess) => {
  if (message.type === 'run') void step(message.spec);
  else if (message.type === 'task') void task(message.id, message.task, message.args);
  else working.get(message.id)?.abort();
});
// Without a parent nobody takes the result.
process.on('disconnect', () => process.exit(0));

engine.prepare();
send({ type: 'ready', pid: process.pid });
