import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { catalog } from '#nodes/catalog.ts';
import { column, tableSchema } from '#nodes/kit/table.ts';
import type { Assets } from '#nodes/kit/define.ts';
import { check } from '#pipelines/check.ts';
import { emptyDocument, type PipelineDocument } from '#pipelines/document.ts';
import { setParam } from '#pipelines/edit/parameters.ts';
import { createMemo, propagate } from '#pipelines/propagate.ts';
import { routeWires } from '#web/lib/designer/canvas/route.ts';
import { median } from './peers.ts';
import type { BenchRow } from './types.ts';

const NODES = 200;
const COLUMNS = 100;
const BUILD = 'build/web/_app/immutable';

/** A dataset and a column of 199 steps below it, each cleaning the table that the one before gives. */
function longPipeline(): PipelineDocument {
  const blank = { version: 1, name: '', comment: '' };
  const steps = Array.from({ length: NODES - 1 }, (_, index) => ({
    ...blank,
    id: `n${index + 1}`,
    type: 'clean-missing-data',
    params: { columns: { mode: 'rules', start: 'all', rules: [] }, mode: 'median' },
  }));
  return {
    ...emptyDocument('Long'),
    nodes: [{ ...blank, id: 'n0', type: 'dataset', params: { dataset: { name: 'wide', version: null } } }, ...steps],
    edges: steps.map((step, index) => ({ from: { node: `n${index}`, port: 'data' }, to: { node: step.id, port: 'data' } })),
    layout: Object.fromEntries(
      Array.from({ length: NODES }, (_, index) => [`n${index}`, [(index % 10) * 284, Math.floor(index / 10) * 104] as [number, number]]),
    ),
  };
}

/** Median milliseconds from a keystroke in a field to what is known at every port and all that is wrong. */
function keystroke(at: string): number {
  const schema = tableSchema(
    Array.from({ length: COLUMNS }, (_, index) => column(`column_${index}`, index % 3 === 0 ? 'category' : 'number', { nullable: true })),
  );
  const assets: Assets = { dataset: () => schema, file: () => undefined };
  const memo = createMemo();
  let document = longPipeline();
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
  const { layout, edges } = longPipeline();
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

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => path.endsWith('.js') && statSync(path).isFile());
const importsOf = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*["'](\.[^"']+\.js)["']/g)].map((match) => resolve(dirname(path), match[1]!));

/** Gzipped bytes of every script that opening the designer loads before anything is clicked. */
function firstLoad(): number {
  if (!existsSync(BUILD)) throw new Error('Build the web app first: npm run build.');
  const files = filesBelow(BUILD);
  const closure = (starts: readonly string[]): Set<string> => {
    const found = new Set<string>();
    const queue = [...starts];
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      if (found.has(path)) continue;
      found.add(path);
      queue.push(...importsOf(path));
    }
    return found;
  };
  const shell = files.filter((path) => /\/entry\/(start|app)\./.test(path) || /\/nodes\/0\./.test(path)).map((path) => resolve(path));
  const page = files
    .map((path) => resolve(path))
    .filter((path) => /\/nodes\/\d+\./.test(path))
    .find((path) => [...closure([path])].some((each) => readFileSync(each, 'utf8').includes('Drag, or press Enter to place')));
  if (!page) throw new Error('The designer is not in the build.');
  return [...closure([...shell, page])].reduce((sum, path) => sum + gzipSync(readFileSync(path)).length, 0);
}

/** Speed and weight of the designer. */
export async function canvas(): Promise<BenchRow[]> {
  const row = (what: string, unit: BenchRow['unit'], ours: number): BenchRow => ({ what, unit, ours, peer: null, peerName: null, ratio: null });
  return [
    row('designer: scripts of the first load, gzipped', 'kB', firstLoad() / 1000),
    row(`keystroke in the first of ${NODES} nodes (${COLUMNS} columns): schemas and problems`, 'ms', keystroke('n1')),
    row(`keystroke in the last of ${NODES} nodes: schemas and problems`, 'ms', keystroke(`n${NODES - 1}`)),
    row(`laying ${NODES - 1} wires anew, once a frame of a drag`, 'ms', dragFrame()),
  ];
}
