import type { DocumentEdge, DocumentNode, PipelineDocument } from '#pipelines/document.ts';

const node = (id: string, type: string, params: Record<string, unknown>): DocumentNode => ({ id, type, version: 1, name: '', comment: '', params });
const edge = (from: string, to: string, port = 'data'): DocumentEdge => ({ from: { node: from, port: 'data' }, to: { node: to, port } });

const document = (name: string, nodes: DocumentNode[], edges: DocumentEdge[] = [], parameters: PipelineDocument['parameters'] = []): PipelineDocument => ({
  formatVersion: 1,
  name,
  description: '',
  kind: 'training',
  parameters,
  nodes,
  edges,
  notes: [],
  layout: {},
});

const smallTable = (salt: number): string => `a,b\n${salt},2\n3,4\n`;
const source = (salt: number): DocumentNode => node('data', 'enter-data-manually', { data: smallTable(salt) });
const selectAll = (id: string): DocumentNode => node(id, 'select-columns-in-dataset', { columns: { mode: 'rules', start: 'all', rules: [] } });
const learner = (id: string, l1: number): DocumentNode => node(id, 'two-class-logistic-regression', { l1 });

/** A small table, and steps after each other that each keep all of its columns: `steps` in all. `salt` makes the results new. */
export function chain(steps: number, salt: number): PipelineDocument {
  const ids = Array.from({ length: steps - 1 }, (_, index) => `select${index}`);
  return document(
    'Chain',
    [source(salt), ...ids.map(selectAll)],
    ids.map((id, index) => edge(index === 0 ? 'data' : ids[index - 1]!, id)),
  );
}

/** Learners side by side: they read no table and make none. */
export const learners = (steps: number, salt: number): PipelineDocument =>
  document(
    'Learners',
    Array.from({ length: steps }, (_, index) => learner(`learner${index}`, 1 + salt + index / 1_000)),
  );

/** One source, as many steps on it as bring the whole to `steps`, and three at a time put together until one table is left. */
export function fanOutAndIn(steps: number, salt: number): PipelineDocument {
  // Each query takes the place of up to three tables by one, so that n tables need ⌈(n - 1) / 2⌉ queries.
  let width = 1;
  while (1 + (width + 1) + Math.ceil(width / 2) <= steps) width++;
  const ids = Array.from({ length: width }, (_, index) => `select${index}`);
  const nodes = [source(salt), ...ids.map(selectAll)];
  const edges = ids.map((id) => edge('data', id));
  const open = [...ids];
  for (let index = 0; open.length > 1; index++) {
    const joined = open.splice(0, 3);
    const script = `SELECT sum(a) AS a, sum(b) AS b FROM (${joined.map((_, port) => `SELECT a, b FROM t${port + 1}`).join(' UNION ALL ')})`;
    nodes.push(node(`union${index}`, 'apply-sql-transformation', { script }));
    edges.push(...joined.map((from, port) => edge(from, `union${index}`, `t${port + 1}`)));
    open.push(`union${index}`);
  }
  return document('Fan', nodes, edges);
}

const parameter = (name: string, of: string, param: string): PipelineDocument['parameters'][number] => ({ name, description: '', node: of, param });

/** One step that makes a table with a query; the parameter `data` of the run makes it new. */
export const oneTable = (): PipelineDocument => document('One table', [source(0)], [], [parameter('data', 'data', 'data')]);
export const oneTableParameters = (salt: number): Record<string, unknown> => ({ data: smallTable(salt) });

/** One step without a query; the parameter `l1` of the run makes it new. */
export const oneLearner = (): PipelineDocument => document('One learner', [learner('learner', 1)], [], [parameter('l1', 'learner', 'l1')]);

/** One step that fetches an address; what it takes is up to whoever answers there. */
export const oneDownload = (url: string): PipelineDocument => document('One download', [node('data', 'import-data', { source: 'url', url, format: 'csv' })]);
