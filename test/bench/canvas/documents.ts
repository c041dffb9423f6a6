import { emptyDocument, type PipelineDocument } from '#pipelines/document.ts';

/** A dataset and steps one below the other, each cleaning the table that the one before gives, laid out in rows of `across`. */
export function longPipeline(count: number, across = 10): PipelineDocument {
  const blank = { version: 1, name: '', comment: '' };
  const steps = Array.from({ length: count - 1 }, (_, index) => ({
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
      Array.from({ length: count }, (_, index) => [`n${index}`, [(index % across) * 284, Math.floor(index / across) * 104] as [number, number]]),
    ),
  };
}
