import { it } from 'vitest';
import { runNode } from '#test/support/run-node.ts';
import { column, memoryTable, tableSchema } from '../kit/table.ts';
import { splitData } from './split-data/node.ts';
import { normalizeData } from './normalize-data/node.ts';
import { cleanMissingData } from './clean-missing-data/node.ts';
it('times', async () => {
  const n = 300_000;
  const cols = Array.from({ length: 20 }, (_, i) => [`c${i}`, Float64Array.from({ length: n }, (_, r) => (r * 31 + i) % 977 / 3)] as const);
  const data = memoryTable(tableSchema([...cols.map(([name]) => column(name, 'number', { nullable: true })), column('k', 'category')]), new Map<string, Float64Array | string[]>([...cols, ['k', Array.from({ length: n }, (_, r) => `v${r % 3}`)]]));
  for (const [name, node, p] of [['split', splitData, { fraction: 0.7 }], ['stratified', splitData, { fraction: 0.7, stratified: true, stratifyBy: 'k' }], ['normalize', normalizeData, {}], ['clean', cleanMissingData, { mode: 'median', columns: { mode: 'rules', start: 'none', rules: [{ action: 'include', by: 'type', values: ['number'] }] } }]] as const) {
    const t = performance.now(); await runNode(node, { data }, p); console.log(name, Math.round(performance.now() - t));
  }
}, 300000);
