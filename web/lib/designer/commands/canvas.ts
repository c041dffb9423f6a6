import { boundsOf } from '#pipelines/edit/arrange.ts';
import { applyLayout } from '#pipelines/edit/document.ts';
import { connect } from '#pipelines/edit/wires.ts';
import type { Designer } from '../designer.svelte.ts';
import type { Command } from './command.ts';
import { isShown, shownNodes } from '../canvas/shown.ts';
import { leaveGroup } from './groups.ts';
import { walk, type Direction } from './walk.ts';

const always = (): boolean => true;
const some = (designer: Designer): boolean => designer.document.nodes.length > 0;

export const fit: Command = {
  name: 'fit',
  title: 'Fit to view',
  group: 'Canvas',
  keys: ['F', 'Shift+F'],
  icon: 'fit',
  onCanvas: true,
  enabled: some,
  run: (designer) => designer.view.canvas?.fit(),
};
export const zoomIn: Command = {
  name: 'zoom-in',
  title: 'Zoom in',
  group: 'Canvas',
  keys: ['+', '='],
  icon: 'plus',
  onCanvas: true,
  enabled: always,
  run: (designer) => designer.view.canvas?.zoomBy(1.2),
};
export const zoomOut: Command = {
  name: 'zoom-out',
  title: 'Zoom out',
  group: 'Canvas',
  keys: ['-'],
  icon: 'minus',
  onCanvas: true,
  enabled: always,
  run: (designer) => designer.view.canvas?.zoomBy(1 / 1.2),
};
export const fullSize: Command = {
  name: 'full-size',
  title: 'Zoom to 100 %',
  group: 'Canvas',
  keys: ['0'],
  onCanvas: true,
  enabled: always,
  run: (designer) => designer.view.canvas?.zoomTo(1),
};

/** The nodes that are to be tidied: those chosen, when several are, else those of the opened group; null = all. */
function tidied({ selection, groups }: Designer): ReadonlySet<string> | null {
  if (selection.nodes.size > 1) return selection.nodes;
  return groups.shown.opened ? groups.shown.members : null;
}

export const tidyUp: Command = {
  name: 'tidy',
  title: 'Tidy layout, or the chosen nodes',
  group: 'Canvas',
  keys: ['Shift+T'],
  icon: 'layout',
  onCanvas: true,
  enabled: (designer) => designer.editable && designer.document.nodes.length > 1,
  async run(designer) {
    const { tidy } = await import('../canvas/tidy.ts');
    const chosen = tidied(designer);
    const first = (node: string, side: 'inputs' | 'outputs', port: string): boolean => Object.keys(designer.portsOf(node, side))[0] === port;
    designer.edit(chosen ? 'Tidy the chosen nodes' : 'Tidy layout', (document) => {
      const part = chosen ? { ...document, nodes: document.nodes.filter((node) => chosen.has(node.id)) } : document;
      const places = tidy(part, ({ from, to }) => first(from.node, 'outputs', from.port) && first(to.node, 'inputs', to.port));
      const [before, after] = [boundsOf(document, [...(chosen ?? [])]), boundsOf({ layout: places }, [...(chosen ?? [])])];
      if (!before || !after) return applyLayout(document, places);
      const moved = Object.entries(places).map(([id, [x, y]]) => [id, [x - after.x + before.x, y - after.y + before.y] as [number, number]]);
      return applyLayout(document, Object.fromEntries(moved));
    });
    if (chosen) return;
    setTimeout(() => designer.view.canvas?.fit(), 0);
  },
};

export const wire: Command = {
  name: 'wire',
  title: 'Start a wire; arrows choose where to, Enter draws it',
  group: 'Canvas',
  keys: ['C'],
  onCanvas: true,
  enabled: (designer) => designer.editable && designer.selection.focus !== null,
  run(designer) {
    const node = designer.selection.focus!;
    const outputs = Object.keys(designer.portsOf(node, 'outputs'));
    const current = designer.wiring.from;
    const next = current?.node === node && designer.wiring.byKeys ? outputs[(outputs.indexOf(current.port) + 1) % outputs.length] : outputs[0];
    if (next === undefined) {
      designer.view.say(`${designer.nameOf(node)} has no output to wire.`);
      return;
    }
    designer.wiring.start(designer.document, designer.catalog, { node, port: next }, 'output', true);
    sayAim(designer);
  },
};

/** Says where the wire in the hand would go. */
export function sayAim(designer: Designer): void {
  const { aim, from } = designer.wiring;
  if (!from) return;
  const title = designer.portOf(from, 'outputs')?.title ?? from.port;
  if (!aim) designer.view.say(`${title} fits no free input. Press Escape.`);
  else {
    const port = designer.portOf(aim, 'inputs')?.title ?? aim.port;
    designer.view.say(`${title} to ${designer.nameOf(aim.node)}, ${port}${aim.occupied ? ', replaces its wire' : ''}.`);
    designer.view.canvas?.reveal(aim.node);
  }
}

/** Keys while a wire is in the hand; true when the key was one of them. */
export function wireKeys(designer: Designer, keys: string): boolean {
  const { wiring } = designer;
  if (!wiring.byKeys) return false;
  if (keys === 'Escape') {
    wiring.stop();
    designer.view.say('No wire was drawn.');
  } else if (keys === 'Enter') {
    const edge = wiring.aim && wiring.edgeTo(wiring.aim);
    wiring.stop();
    if (edge) {
      designer.edit('Draw a wire', (document) => connect(document, designer.catalog, edge));
      designer.view.say(`Wired to ${designer.nameOf(edge.to.node)}.`);
    }
  } else if (/^Arrow(Right|Down)$/.test(keys) || keys === 'Tab') {
    wiring.step(designer.document, 1);
    sayAim(designer);
  } else if (/^Arrow(Left|Up)$/.test(keys) || keys === 'Shift+Tab') {
    wiring.step(designer.document, -1);
    sayAim(designer);
  } else if (keys === 'C') void wire.run(designer);
  else return false;
  return true;
}

const go = (direction: Direction, key: string): Command => ({
  name: `go-${direction}`,
  title: { up: 'To the node before', down: 'To the node after', left: 'To the node on the left', right: 'To the node on the right' }[direction],
  group: 'Canvas',
  keys: [key],
  onCanvas: true,
  enabled: some,
  run(designer) {
    const { document, groups } = designer;
    const seen = shownNodes(groups.shown, document.nodes);
    const from = designer.selection.focus !== null && isShown(groups.shown, designer.selection.focus) ? designer.selection.focus : null;
    const edges =
      seen === document.nodes ? document.edges : document.edges.filter((edge) => [edge.from, edge.to].every(({ node }) => isShown(groups.shown, node)));
    const next = from === null ? (seen[0]?.id ?? null) : walk({ ...document, nodes: [...seen], edges }, from, direction);
    if (next === null) return;
    designer.selection.choose([next]);
    designer.selection.focus = next;
    designer.view.canvas?.reveal(next);
    designer.view.canvas?.focusNode(next);
  },
});
export const goes: readonly Command[] = [go('up', 'ArrowUp'), go('down', 'ArrowDown'), go('left', 'ArrowLeft'), go('right', 'ArrowRight')];

export const leave: Command = {
  name: 'leave',
  title: 'Choose nothing',
  group: 'Canvas',
  keys: ['Escape'],
  onCanvas: true,
  enabled: always,
  run(designer) {
    designer.view.tool = 'pointer';
    if (designer.selection.isEmpty && designer.groups.inside !== null) leaveGroup(designer);
    else designer.selection.clear();
  },
};
