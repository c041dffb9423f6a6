import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { catalog as allNodes } from '#nodes/catalog.ts';
import { readDelimited } from '#nodes/kit/csv.ts';
import { NO_ASSETS, type Assets, type Catalog } from '#nodes/kit/define.ts';
import { emptyDocument, type PipelineDocument } from '../document.ts';
import { readDocument } from '../migrations/index.ts';
import { sampleList } from '../samples/samples.ts';
import { block, comment, literal, PythonNames, text } from './python.ts';
import { pythonScript } from './script.ts';

const catalog: Catalog = allNodes;
const read = (name: string): string => readFileSync(new URL(`../samples/${name}`, import.meta.url), 'utf8');
const node = (id: string, type: string, params: Record<string, unknown> = {}, more: Record<string, unknown> = {}) => ({
  id,
  type,
  version: catalog[type]?.version ?? 1,
  name: '',
  comment: '',
  params,
  ...more,
});
const wire = (from: string, to: string) => {
  const end = (place: string) => ({ node: place.split('.')[0]!, port: place.split('.')[1] ?? 'data' });
  return { from: end(from), to: end(to) };
};
const script = (document: Partial<PipelineDocument>, assets: Assets = NO_ASSETS): string =>
  pythonScript({ ...emptyDocument('Test'), ...document } as PipelineDocument, { catalog, assets });
const typed = node('typed', 'enter-data-manually', { data: 'city,price\nOslo,1\nBergen,2\n' });

describe.each(sampleList.parse(JSON.parse(read('samples.json'))))('sample $id', ({ id, dataset }) => {
  const { schema } = readDelimited(read(`data/${dataset.file}`));
  const assets: Assets = { dataset: () => schema, file: () => undefined };
  const { document } = readDocument(JSON.parse(read(`${id}.pipeline.json`)), catalog);

  test('is a whole script', () => {
    const code = pythonScript(document!, { catalog, assets });
    expect(code).not.toContain('NotImplementedError');
    expect(code).toContain(`read_table("${dataset.name}"`);
    expect(code).toContain('train_test_split(');
    expect(code).toMatch(/evaluate\(\w+, "\w+"\)/);
    expect(pythonScript(document!, { catalog, assets })).toBe(code);
  });
});

describe('pythonScript', () => {
  test('says what has no translation, with its parameters, and goes on', () => {
    const code = script({
      nodes: [
        typed,
        node('odd', 'of-a-plugin', { depth: 2, note: 'a\nraise SystemExit' }),
        node('later', 'select-columns-in-dataset', {}, { name: 'Later\nimport os' }),
      ],
      edges: [wire('typed', 'odd.in'), wire('odd.out', 'later')],
    });
    expect(code).toContain('raise NotImplementedError("of-a-plugin has no translation to Python yet")');
    expect(code).toContain('"depth":2');
    expect(code).not.toMatch(/^import os/m);
    expect(code).not.toMatch(/^raise SystemExit/m);
  });

  test('a parameter that a translation does not know is not left out silently', () => {
    const clean = (params: Record<string, unknown>) =>
      script({
        nodes: [typed, node('clean', 'clean-missing-data', { columns: { mode: 'names', names: ['price'] }, mode: 'median', ...params })],
        edges: [wire('typed', 'clean')],
      });
    expect(clean({})).toContain('.fillna(clean[name].median())');
    expect(clean({ minimumRatio: 0.5 })).toContain('NotImplementedError');
    expect(clean({ indicator: true })).toContain('NotImplementedError');
  });

  test('relational nodes give their own SQL', () => {
    const code = script({
      nodes: [
        typed,
        node('cheap', 'filter-rows', { mode: 'expression', expression: "price < 2 and city = 'Oslo'" }),
        node('dear', 'derive-column', { name: 'dear', expression: 'price * 2' }),
      ],
      edges: [wire('typed', 'cheap'), wire('cheap', 'dear')],
    });
    expect(code).toContain('import duckdb');
    expect(code).toMatch(/cheap = query\(.*data=typed\)/);
    expect(code).toMatch(/dear = query\(.*data=cheap\)/);
  });

  test('a disabled node is passed by', () => {
    const code = script({
      nodes: [
        typed,
        node('off', 'filter-rows', { mode: 'expression', expression: 'price < 2' }, { disabled: true }),
        node('kept', 'select-columns-in-dataset', { columns: { mode: 'names', names: ['city'] } }),
      ],
      edges: [wire('typed', 'off'), wire('off', 'kept')],
    });
    expect(code).toContain('kept = typed[["city"]]');
    expect(code).not.toContain('query(');
  });

  test('clusters are found by scikit-learn, without labels and ids', () => {
    const people = node('people', 'enter-data-manually', { data: 'age,income\n20,1\n40,2\n' });
    const code = script({
      nodes: [
        people,
        node('groups', 'k-means-clustering', { clusters: 3, starts: 5 }),
        node('train', 'train-clustering-model', {}),
        node('assign', 'assign-data-to-clusters', {}),
      ],
      edges: [wire('groups.learner', 'train.learner'), wire('people', 'train'), wire('train.model', 'assign.model'), wire('people', 'assign')],
    });
    expect(code).toContain('groups = KMeans(n_clusters=3, n_init=5, max_iter=100, random_state=');
    expect(code).toContain('ClusterModel(clone(groups), people, ["age", "income"])');
    expect(code).toMatch(/assign = \w+\.assign\(people\)/);
    expect(code).not.toContain('NotImplementedError');
  });

  test('a registered model scores from its ONNX file', () => {
    const code = script({
      nodes: [typed, node('model', 'registered-model', { model: { name: 'prices', version: '2' } }), node('score', 'score-model', {})],
      edges: [wire('model.model', 'score.model'), wire('typed', 'score')],
    });
    expect(code).toContain('model = OnnxModel("prices")');
    expect(code).toContain('score = model.score(typed)');
    expect(code).toContain('import onnxruntime');
    expect(code.match(/^FOLDER = /gm)).toHaveLength(1);
    expect(code.indexOf('FOLDER = ')).toBeLessThan(code.indexOf('class OnnxModel'));
  });

  test('an empty pipeline is a script too', () => expect(script({})).toContain('# Test'));
});

describe('Python text', () => {
  test('a string literal is one line of ASCII quotes, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const written = text(value);
        expect(written).toMatch(/^"(?:[^"\\\n\r]|\\.)*"$/u);
        expect(written).not.toMatch(/[\u0000-\u001f\u0085\u2028\u2029]/);
        for (const line of comment(value)) expect(line).toMatch(/^#[^\n\r\u0085\u2028\u2029]*$/);
      }),
    );
  });
  test('values and blocks', () => {
    expect(literal({ a: [1, true, null, 'Äpfel "x"'], b: -0.5 })).toBe('{"a": [1, True, None, "Äpfel \\"x\\""], "b": -0.5}');
    expect(block('SELECT 1\nFROM t')).toBe('"""\nSELECT 1\nFROM t\n"""');
    expect(block('a """\nb')).toBe('"a \\"\\"\\"\\nb"');
  });
  test('variables are names of Python, each once', () => {
    const names = new PythonNames(['pd']);
    expect(['class', 'split-data', 'split_data', 'pd', '1st', 'Ä', ''].map((wish) => names.free(wish))).toEqual([
      'class_',
      'split_data',
      'split_data_2',
      'pd_2',
      'n_1st',
      'value',
      'value_2',
    ]);
  });
});
