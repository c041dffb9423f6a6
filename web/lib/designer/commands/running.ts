import { disableNodes, pinNode, unpinNodes } from '#pipelines/edit/running.ts';
import { plural } from '../../format.ts';
import type { Designer } from '../designer.svelte.ts';
import type { Command } from './command.ts';

const namesOf = (designer: Designer, ids: readonly string[]): string => (ids.length === 1 ? designer.nameOf(ids[0]!) : plural(ids.length, 'node'));
const chosen = ({ selection }: Designer): string[] => [...selection.nodes];
const allDisabled = (designer: Designer): boolean => chosen(designer).every((id) => designer.nodes.get(id)?.disabled);
const pinned = (designer: Designer): string[] => chosen(designer).filter((id) => designer.nodes.get(id)?.pin);

/** The newest results of a node, as a pin names them; null when it has none. */
function resultsOf(designer: Designer, id: string): { run: number; outputs: Record<string, string> } | null {
  const step = designer.run.steps.get(id);
  if (!step || (step.status !== 'succeeded' && step.status !== 'reused') || step.outputs.length === 0) return null;
  return { run: step.reusedFrom ?? step.runNumber, outputs: Object.fromEntries(step.outputs.map(({ port, hash }) => [port, hash])) };
}
const pinnable = (designer: Designer): string[] => chosen(designer).filter((id) => resultsOf(designer, id) !== null);

/** Leaves the chosen nodes out of runs, or lets them run again. */
export const toggleDisabled: Command = {
  name: 'disable',
  title: 'Disable or enable',
  group: 'Edit',
  keys: ['D'],
  icon: 'skipped',
  onCanvas: true,
  enabled: (designer) => designer.editable && designer.selection.nodes.size > 0,
  titleNow: (designer) => (allDisabled(designer) ? 'Enable' : 'Disable'),
  run(designer) {
    const ids = chosen(designer);
    const disable = !allDisabled(designer);
    const name = `${disable ? 'Disable' : 'Enable'} ${namesOf(designer, ids)}`;
    designer.edit(name, (document) => disableNodes(document, ids, disable));
    designer.view.say(`${name}.`);
  },
};

/** Keeps the newest results of the chosen nodes for later runs, or gives them up. */
export const togglePin: Command = {
  name: 'pin',
  title: 'Pin or unpin the output',
  group: 'Edit',
  keys: ['Shift+P'],
  icon: 'pin',
  onCanvas: true,
  enabled: (designer) => designer.editable && !designer.isInference && (pinned(designer).length > 0 || pinnable(designer).length > 0),
  titleNow: (designer) => (pinned(designer).length > 0 ? 'Unpin the output' : 'Pin the output'),
  run(designer) {
    const before = pinned(designer);
    const ids = before.length > 0 ? before : pinnable(designer);
    const name = `${before.length > 0 ? 'Unpin' : 'Pin'} ${namesOf(designer, ids)}`;
    designer.edit(name, (document) =>
      before.length > 0 ? unpinNodes(document, before) : ids.reduce((next, id) => pinNode(next, id, resultsOf(designer, id)!), document),
    );
    designer.view.say(`${name}.`);
  },
};
