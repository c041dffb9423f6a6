import { describe, expect, it } from 'vitest';
import { catalog } from '#nodes/catalog.ts';
import { NO_ASSETS } from '#nodes/kit/define.ts';
import { column, tableSchema } from '#nodes/kit/table.ts';
import { emptyDocument, type PipelineDocument } from '#pipelines/document.ts';
import { fittingNodes, fittingPort, type FittingQuestion } from './fitting.ts';

const none = (): number => 0;
const types = (question: Partial<FittingQuestion>): string[] =>
  fittingNodes(catalog, { kind: 'table', end: 'output', spec: undefined, assets: NO_ASSETS, pairs: none, uses: none, ...question }).map(({ type }) => type);

describe('fittingNodes', () => {
  it('offers only what takes the kind, or gives it', () => {
    const taking = types({ kind: 'model' });
    expect(taking).toContain('score-model');
    expect(taking).not.toContain('split-data');
    const giving = types({ kind: 'learner', end: 'input' });
    expect(giving).toContain('linear-regression');
    expect(giving).not.toContain('dataset');
  });
  it('puts what the columns do not suit last', () => {
    const numbers = types({ spec: tableSchema([column('a', 'number'), column('b', 'number')]) });
    const texts = types({ spec: tableSchema([column('said', 'text')]) });
    expect(numbers.indexOf('split-data')).toBeLessThan(numbers.indexOf('preprocess-text'));
    expect(texts.indexOf('preprocess-text')).toBeLessThan(texts.indexOf('principal-component-analysis'));
  });
  it('puts what a person wires there first, then what they use', () => {
    expect(types({ pairs: (type) => (type === 'join-data' ? 2 : 0), uses: (type) => (type === 'sort' ? 9 : 0) }).slice(0, 2)).toEqual(['join-data', 'sort']);
  });
  it('puts what needs a second input after what needs none', () => {
    const all = types({});
    expect(all.indexOf('split-data')).toBeLessThan(all.indexOf('join-data'));
  });
});

describe('fittingPort', () => {
  const node = (id: string, type: string) => ({ id, type, version: 1, name: '', comment: '', params: {} });
  const wire = (from: string, to: string) => ({ from: { node: from, port: 'data' }, to: { node: to, port: 'data' } });
  const inside = (nodes: PipelineDocument['nodes'], edges: PipelineDocument['edges'] = []): PipelineDocument => ({ ...emptyDocument('Inside'), nodes, edges });

  it('is a free port of the kind on the side where the wire comes', () => {
    const two = inside([node('first', 'remove-duplicate-rows'), node('second', 'sort')], [wire('first', 'second')]);
    expect(fittingPort(catalog, two, { kind: 'table', end: 'output' })).toEqual({ node: 'first', port: 'data' });
    expect(fittingPort(catalog, two, { kind: 'table', end: 'input' })).toEqual({ node: 'second', port: 'data' });
  });
  it('is a needed port before an optional one', () => {
    const query = node('query', 'apply-sql-transformation');
    expect(fittingPort(catalog, inside([query, node('sort', 'sort')]), { kind: 'table', end: 'output' })).toEqual({ node: 'query', port: 't1' });
  });
  it('is none where no port is of the kind, or the node type is unknown', () => {
    expect(fittingPort(catalog, inside([node('a', 'sort')]), { kind: 'model', end: 'output' })).toBeNull();
    expect(fittingPort(catalog, inside([node('a', 'toString')]), { kind: 'table', end: 'output' })).toBeNull();
  });
});
