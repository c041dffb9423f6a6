import { describe, expect, test } from 'vitest';
import { catalog as trueCatalog } from '#nodes/catalog.ts';
import { column, tableSchema } from '#nodes/kit/table.ts';
import { check } from './check.ts';
import { createInference, readInference } from './scoring.ts';
import { documentOf, stubAssets, stubCatalog } from './stub-catalog.ts';

const catalog = { ...stubCatalog, ...trueCatalog };
const world = { catalog, assets: stubAssets };
const params = { source: { dataset: { name: 'people', version: null } }, train: { label: 'left' } };
const model = ['learner.learner -> train.learner', 'train.model -> score.model'];

describe('createInference', () => {
  const whole = documentOf(
    ['source', 'select', 'scale', 'split', 'learner', 'train', 'score'],
    ['source -> select', 'select -> scale', 'scale -> split', 'split.first -> train', 'split.second -> score', ...model],
    { ...params, select: { columns: { mode: 'names', names: ['age', 'city', 'left'] } } },
  );

  test('takes what was fitted, leaves out what a request has not, and says where to prove it', () => {
    const result = createInference(whole, world);
    expect(result).toMatchObject({
      stages: [
        { node: 'select', as: 'columns', steps: [{ do: 'keep', columns: ['age', 'city'] }] },
        { node: 'scale', as: 'graph', from: { node: 'scale', port: 'transform' } },
      ],
      source: { node: 'source', port: 'data' },
      trained: { node: 'train', port: 'model' },
      proof: { raw: { node: 'source', port: 'data' }, prepared: { node: 'scale', port: 'data' } },
      issues: [{ code: 'scoring_note', node: 'split' }],
    });
    expect(result.input!.columns.map((each) => each.name)).toEqual(['age', 'city']);
  });

  test('the document shows the same path, checks without an error, and can be read back', () => {
    const { document, stages, input, trained } = createInference(whole, world);
    expect(document!.kind).toBe('inference');
    expect(document!.nodes.map((node) => node.type)).toEqual([
      'web-service-input',
      'column-changes',
      'fitted-transform',
      'trained-model',
      'score',
      'web-service-output',
    ]);
    expect(check(document!, world).filter((issue) => issue.level === 'error')).toEqual([]);
    const read = readInference(JSON.parse(JSON.stringify(document)), catalog);
    expect(read.issues).toEqual([]);
    expect(read.scoring).toMatchObject({ stages, trained, input });
  });

  test('rows that were split before they were prepared prove it against the run', () => {
    const document = documentOf(
      ['source', 'split', 'scale', 'learner', 'train', 'score'],
      ['source -> split', 'split.second -> scale', 'scale -> train', 'scale -> score', ...model],
      params,
    );
    expect(createInference(document, world).proof).toEqual({ raw: { node: 'split', port: 'second' }, prepared: { node: 'scale', port: 'data' } });
  });

  test('what another node fitted takes the place of Apply Transformation', () => {
    const document = documentOf(
      ['source', 'split', 'normalize:normalize-data', 'apply:apply-transformation', 'learner', 'train', 'score'],
      [
        'source -> split',
        'split.first -> normalize',
        'normalize -> train',
        'split.second -> apply',
        'normalize.transform -> apply.transform',
        'apply -> score',
        ...model,
      ],
      params,
    );
    expect(createInference(document, world)).toMatchObject({
      stages: [{ node: 'apply', as: 'graph', from: { node: 'normalize', port: 'transform' } }],
      proof: { raw: { node: 'split', port: 'second' }, prepared: { node: 'apply', port: 'data' } },
    });
  });

  test('follows a renamed label back to the source', () => {
    const document = documentOf(['source', 'rename', 'learner', 'train', 'score'], ['source -> rename', 'rename -> train', 'rename -> score', ...model], {
      ...params,
      rename: { from: 'left', to: 'churn' },
      train: { label: 'churn' },
    });
    const result = createInference(document, world);
    expect(result.stages).toEqual([]);
    expect(result.input!.columns.map((each) => each.name)).toEqual(['id', 'age', 'city']);
  });

  test('without Score Model the training shows the way; a registered model is followed to its training', () => {
    const bare = documentOf(['source', 'scale', 'learner', 'train'], ['source -> scale', 'scale -> train', 'learner.learner -> train.learner'], params);
    expect(createInference(bare, world)).toMatchObject({ stages: [{ node: 'scale' }], trained: { node: 'train', port: 'model' } });
    const registered = documentOf(
      ['source', 'learner', 'train', 'register', 'score'],
      ['source -> train', 'source -> score', 'learner.learner -> train.learner', 'train.model -> register.model', 'register.model -> score.model'],
      params,
    );
    expect(createInference(registered, world).trained).toEqual({ node: 'train', port: 'model' });
  });

  test('refuses with the node and the way out', () => {
    const refusal = (middle: string[], wires: string[], options = {}) => {
      const result = createInference(documentOf(['source', ...middle, 'learner', 'train', 'score'], [...wires, ...model], params), { ...world, ...options });
      expect(result.document).toBeNull();
      expect(result.issues).toMatchObject([{ code: 'scoring_refused', level: 'error' }]);
      return `${result.issues[0]!.node}: ${result.issues[0]!.message}`;
    };
    expect(refusal(['open'], ['source -> open', 'open -> train', 'open -> score'])).toBe('open: A script cannot be served. Remove it.');
    expect(refusal(['other:source', 'join'], ['source -> join.left', 'other -> join.right', 'join -> train', 'join -> score'])).toMatch(
      /^join: Two tables meet/,
    );
    expect(refusal([], ['source -> train', 'source -> score'], { assets: { dataset: () => undefined, file: () => undefined } })).toMatch(
      /^source: .*Run the pipeline once/,
    );
    expect(refusal(['broken'], ['source -> broken', 'broken -> train', 'broken -> score'])).toMatch(/^broken: /);
    expect(refusal([], ['source -> train', 'source -> score'], { model: 'source' })).toMatch(/^source: .*neither trains nor scores/);
  });

  test('asks which of several models to serve', () => {
    const document = documentOf(
      ['source', 'learner', 'train', 'score', 'second:train'],
      ['source -> train', 'source -> score', 'source -> second', 'learner.learner -> second.learner', ...model],
      { ...params, second: { label: 'left' } },
    );
    expect(createInference(document, world).issues[0]!.message).toContain('trains 2 models');
    expect(createInference(document, { ...world, model: 'second' }).trained!.node).toBe('second');
    expect(createInference(document, { ...world, model: 'score' }).trained!.node).toBe('train');
  });

  test('columns seen by the last run make an open source known', () => {
    const document = documentOf(['source', 'learner', 'train', 'score'], ['source -> train', 'source -> score', ...model], params);
    const seen = tableSchema([column('age', 'number'), column('left', 'category')]);
    const result = createInference(document, { catalog, assets: { dataset: () => undefined, file: () => undefined }, observed: { source: { data: seen } } });
    expect(result.input!.columns.map((each) => each.name)).toEqual(['age']);
  });
});

describe('readInference', () => {
  test('refuses what was edited into something else', () => {
    const document = createInference(
      documentOf(['source', 'learner', 'train', 'score'], ['source -> train', 'source -> score', ...model], params),
      world,
    ).document!;
    expect(readInference({ ...document, edges: document.edges.slice(1) }, catalog).scoring).toBeNull();
    const damaged = document.nodes.map((node) => (node.type === 'web-service-input' ? { ...node, params: { ...node.params, columns: '{' } } : node));
    expect(readInference({ ...document, nodes: damaged }, catalog).issues).toMatchObject([{ code: 'scoring_refused', node: 'web-service-input' }]);
  });
});
