import { catalog as known } from '#nodes/catalog.ts';
import type { Catalog } from '#nodes/kit/define.ts';
import { searchItems } from '#web/lib/designer/library/items.ts';
import { median } from '../peers.ts';
import type { BenchRow } from '../types.ts';

const TYPES = 150;
const TYPED = ['standard scaler', 'normlize', 'tree', 'join', 'split data', 'csv', 'score', 'pca', 'one hot', 'missing'];

/** Milliseconds from a letter in the search field to what fits, among 150 node types: the slowest of every beginning of what people type. */
export function librarySearch(): BenchRow[] {
  const own = Object.values(known as Catalog);
  const types = Array.from({ length: TYPES }, (_, index) => ({ ...own[index % own.length]!, type: `type-${index}` }));
  const catalog = Object.fromEntries(types.map((each) => [each.type, each]));
  const beginnings = TYPED.flatMap((words) => Array.from(words, (_, index) => words.slice(0, index + 1)));
  const times = beginnings.map((typed) =>
    median(
      Array.from({ length: 9 }, () => {
        const start = performance.now();
        searchItems(catalog, { datasets: [], models: [], subPipelines: [] }, typed, () => 0);
        return performance.now() - start;
      }),
    ),
  );
  return [{ what: `library search in ${TYPES} node types, the slowest word`, unit: 'ms', ours: Math.max(...times), peer: null, peerName: null, ratio: null }];
}
