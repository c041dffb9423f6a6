import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { catalog } from '#nodes/catalog.ts';
import { readDelimited } from '#nodes/kit/csv.ts';
import type { Assets } from '#nodes/kit/define.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import { check } from '../check.ts';
import { readDocument } from '../migrations/index.ts';
import { createInference } from '../scoring.ts';
import { serialize } from '../serialize.ts';
import { sampleList } from './samples.ts';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const samples = sampleList.parse(JSON.parse(read('./samples.json')));

/** The schema that the dataset has once it is uploaded. */
const schemaOf = (file: string): { schema: TableSchema; rowCount: number } => readDelimited(read(`./data/${file}`));

describe.each(samples)('sample $id', ({ id, dataset }) => {
  const text = read(`./${id}.pipeline.json`);
  const { document, issues } = readDocument(JSON.parse(text), catalog);
  const { schema, rowCount } = schemaOf(dataset.file);
  const assets: Assets = { dataset: (name) => (name === dataset.name ? schema : undefined), file: () => undefined };

  test('is written as the product writes it', () => {
    expect(issues).toEqual([]);
    expect(serialize(document!)).toBe(text);
    expect(Object.keys(document!.layout).sort()).toEqual(document!.nodes.map((node) => node.id).sort());
  });

  test('has the rows and columns that its entry tells', () => {
    expect([rowCount, schema.columns.length]).toEqual([dataset.rowCount, dataset.columnCount]);
    expect(schema.columns.map(({ name }) => name)).toContain(dataset.picture.column);
    expect(dataset.picture.counts.reduce((sum, each) => sum + each, 0)).toBe(rowCount);
  });

  test('checks without any issue', () => expect(check(document!, { catalog, assets })).toEqual([]));

  test('each of its models becomes an inference pipeline that checks without an error', () => {
    const trains = document!.nodes.filter((node) => node.type === 'train-model');
    expect(trains.length).toBeGreaterThan(0);
    for (const train of trains) {
      const result = createInference(document!, { catalog, assets, model: train.id });
      expect(result.issues.filter((issue) => issue.level === 'error')).toEqual([]);
      expect(result.input!.columns.map((column) => column.name)).not.toContain(train.params.label);
      expect(check(result.document!, { catalog, assets }).filter((issue) => issue.level === 'error')).toEqual([]);
    }
  });
});
