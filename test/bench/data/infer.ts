import { catalog } from '#nodes/catalog.ts';
import { columnsNamed } from '#nodes/kit/columns.ts';
import { NO_ASSETS } from '#nodes/kit/define.ts';
import { propagate } from '#pipelines/propagate.ts';
import { percentile, row } from '../figures.ts';
import type { BenchRow } from '../types.ts';
import { pipelineOf, wire } from './tables.ts';

const NODES = 200;
const KEYSTROKES = 200;

/** What a keystroke in the first of 200 nodes after each other costs: schemas and issues of all that follow. */
export function inferRow(): Promise<BenchRow[]> {
  const columns = Array.from({ length: 30 }, (_, index) => `column ${index}`);
  const data = `${columns.join(',')}\n${columns.map((_, index) => index).join(',')}\n`;
  const middle = Array.from({ length: NODES - 1 }, (_, index) =>
    index % 2 === 0
      ? ([`n${index}`, 'normalize-data', {}] as const)
      : ([`n${index}`, 'edit-metadata', { columns: columnsNamed(`column ${index % 30}`) }] as const),
  );
  const ids = ['data', ...middle.map(([id]) => id)];
  const edges = ids.slice(1).map((id, index) => wire(ids[index]!, id));
  const document = (text: string) => pipelineOf('Infer', [['data', 'enter-data-manually', { data: text }], ...middle], edges);
  const world = { catalog, assets: NO_ASSETS, memo: new Map() };
  let states = propagate(document(data), world);
  const times: number[] = [];
  for (let stroke = 0; stroke < KEYSTROKES; stroke++) {
    const next = document(data.replace('column 0', `column 0${'x'.repeat(stroke % 20)}`));
    const began = performance.now();
    states = propagate(next, world);
    times.push(performance.now() - began);
  }
  if (states.size !== NODES) throw new Error('Not all nodes have a schema.');
  return Promise.resolve([row(`infer: ${NODES} nodes after a keystroke in the first, median of ${KEYSTROKES}`, 'ms', percentile(times, 0.5))]);
}
