import type { RunScope } from '../../api-types.ts';
import type { Designer } from '../designer.svelte.ts';
import type { Command } from './command.ts';

const ready = (designer: Designer): boolean =>
  designer.editable && !designer.isInference && !designer.run.active && !designer.run.starting && designer.document.nodes.length > 0;
const withOne = (designer: Designer): boolean => ready(designer) && designer.selection.single !== null;
const start = async (designer: Designer, scope: RunScope, force = false): Promise<void> => {
  try {
    await designer.start({ scope, force });
  } catch (error) {
    designer.view.fail(error);
  }
};
const here = (designer: Designer, kind: 'to' | 'node' | 'from'): RunScope => ({ kind, node: designer.selection.single! });

export const runAll: Command = {
  name: 'run',
  title: 'Run pipeline',
  group: 'Run',
  keys: ['Mod+Enter'],
  icon: 'play',
  enabled: ready,
  run: (designer) => start(designer, { kind: 'all' }),
};
export const runToHere: Command = {
  name: 'run-to',
  title: 'Run to here',
  group: 'Run',
  keys: ['Shift+Enter'],
  icon: 'playto',
  onCanvas: true,
  enabled: withOne,
  run: (designer) => start(designer, here(designer, 'to')),
};
export const runNode: Command = {
  name: 'run-node',
  title: 'Run this node',
  group: 'Run',
  keys: ['Mod+Shift+Enter'],
  icon: 'play',
  enabled: withOne,
  run: (designer) => start(designer, here(designer, 'node')),
};
export const runFrom: Command = {
  name: 'run-from',
  title: 'Run from here',
  group: 'Run',
  keys: [],
  icon: 'right',
  enabled: withOne,
  run: (designer) => start(designer, here(designer, 'from')),
};
export const runForced: Command = {
  name: 'run-forced',
  title: 'Run again without reuse',
  group: 'Run',
  keys: [],
  icon: 'reused',
  enabled: ready,
  run: (designer) => start(designer, { kind: 'all' }, true),
};
/** Asks first for scope, inputs, compute, retries and the rest. */
export const runSettings: Command = {
  name: 'run-settings',
  title: 'Run with settings…',
  group: 'Run',
  keys: ['Alt+Enter'],
  icon: 'settings',
  enabled: ready,
  run: (designer) => void (designer.view.runDialog = designer.selection.single === null ? { kind: 'all' } : here(designer, 'node')),
};
export const resumeRun: Command = {
  name: 'resume-run',
  title: 'Resume the newest run',
  group: 'Run',
  keys: [],
  icon: 'play',
  enabled: (designer) => ready(designer) && designer.run.resumable,
  run: (designer) => designer.run.resume().catch((error: unknown) => designer.view.fail(error)),
};
export const cancelRun: Command = {
  name: 'cancel-run',
  title: 'Cancel the run',
  group: 'Run',
  keys: ['Mod+.'],
  icon: 'stop',
  enabled: (designer) => designer.run.active && !designer.run.cancelling,
  run: (designer) => designer.run.cancel().catch((error: unknown) => designer.view.fail(error)),
};
