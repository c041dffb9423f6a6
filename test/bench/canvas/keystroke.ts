import { catalog } from '#nodes/catalog.ts';
import { column, tableSchema } from '#nodes/kit/table.ts';
import type { Assets } from '#nodes/kit/define.ts';
import { check } from '#pipelines/check.ts';
import { setParam } from '#pipelines/edit/parameters.ts';
import { createMemo, propagate } from '#pipelines/propagate.ts';
import { routeWires } from '#web/lib/designer/canvas/route.ts';
import { median } from '../peers.ts';
import type { BenchRow } from '../types.ts';
import { longPipeline } from './documents.ts';

const NODES = 200;
const COLUMNS = 100;

/** Median milliseconds from a keystroke in a field to what is known at every port and all that is wrong. */
function keystroke(at: string): number {
  const schema = tableSchema(
    Array.from({ length: COLUMNS }, (_, index) => column(`column_${index}`, index % 3 === 0 ? 'category' : 'number', { nullable: true })),
  );
  const assets: Assets = { dataset: () => schema, file: () => undefined };
  const memo = createMemo();
  let document = longPipeline(NODES);
  const times: number[] = [];
  for (let turn = 0; turn < 60; turn += 1) {
    document = setParam(document, at, 'maximumRatio', 1 - (turn % 7) / 100);
    const start = performance.now();
    const states = propagate(document, { catalog, assets, memo });
    check(document, { catalog, assets, states });
    if (turn >= 10) times.push(performance.now() - start);
  }
  return median(times);
}

/** Median milliseconds to lay all wires anew, as each frame of a drag does. */
function dragFrame(): number {
  const { layout, edges } = longPipeline(NODES);
  const at = (id: string) => layout[id]!;
  const boxes = Object.values(layout).map(([x, y]) => ({ x, y, width: 216, height: 72 }));
  const times: number[] = [];
  for (let turn = 0; turn < 30; turn += 1) {
    const wires = edges.map(({ from, to }) => ({
      id: to.node,
      source: from.node,
      from: { x: at(from.node)[0] + 16 + turn, y: at(from.node)[1] + 72 },
      to: { x: at(to.node)[0] + 16, y: at(to.node)[1] },
    }));
    const start = performance.now();
    routeWires(wires, boxes);
    if (turn >= 5) times.push(performance.now() - start);
  }
  return median(times);
}

/** What an edit costs before anything is drawn. */
export function edits(): BenchRow[] {
  const row = (what: string, ours: number): BenchRow => ({ what, unit: 'ms', ours, peer: null, peerName: null, ratio: null });
  return [
    row(`keystroke in the first of ${NODES} nodes (${COLUMNS} columns): schemas and problems`, keystroke('n1')),
    row(`keystroke in the last of ${NODES} nodes: schemas and problems`, keystroke(`n${NODES - 1}`)),
    row(`laying ${NODES - 1} wires anew, once a frame of a drag`, dragFrame()),
  ];
}
