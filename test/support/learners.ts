import { readFileSync } from 'node:fs';
import type { FeatureData, FitContext, TrainingColumn, TrainingData } from '#nodes/kit/context.ts';
import type { Model } from '#nodes/kit/kinds.ts';
import { createOnnxRunner } from '#nodes/kit/onnx/session.server.ts';
import { randomNumbers } from '#nodes/kernels/random.ts';
import { column, type Columns, type ColumnType } from '#nodes/kit/table.ts';
import { trainers, unsupervisedTrainers } from '#nodes/trainers.server.ts';

/** What tests of learners share: data, a context that says nothing, training and scoring. */
const runner = createOnnxRunner({ threads: 2 });
export const quiet = (signal = new AbortController().signal, threads = 1): FitContext => ({
  signal,
  threads,
  log: () => {},
  progress: () => {},
  metric: () => {},
});
export const fit = async (learner: string, data: TrainingData, params: Record<string, unknown> = {}, context = quiet()): Promise<Model> =>
  (await trainers[learner]!()).default.fit(data, params, context);
/** The same of a learner that needs no label. */
export const fitWithoutLabel = async (learner: string, { features, rowCount }: FeatureData, params: Record<string, unknown> = {}): Promise<Model> =>
  (await unsupervisedTrainers[learner]!()).default.fit({ features, rowCount }, params, quiet());
export const apply = ({ onnx, signature }: Model, { features, rowCount }: FeatureData): Promise<Columns> =>
  runner.apply(onnx, signature, new Map(features.map((each) => [each.schema.name, each.values])), rowCount);

export const numbers = (name: string, values: Iterable<number>, type: ColumnType = 'number'): TrainingColumn => ({
  schema: column(name, type, { nullable: true }),
  values: Float64Array.from(values, Math.fround),
});
export const words = (name: string, values: readonly string[], type: ColumnType = 'category'): TrainingColumn => ({
  schema: column(name, type, { nullable: true }),
  values,
});

/** A sample's rows, split by index as the references are: index % 4 = 3 is held back. */
export function sample(name: string, label: string, drop: readonly string[] = []): { train: TrainingData; test: TrainingData } {
  const [header, ...rows] = readFileSync(new URL(`../../pipelines/samples/data/${name}.csv`, import.meta.url), 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',').map((cell) => cell.replace(/^"(.*)"$/, '$1')));
  const numeric = header!.map((_, at) => rows.every((row) => row[at] === '' || !Number.isNaN(Number(row[at]))));
  const take = (held: boolean): TrainingData => {
    const kept = rows.filter((row, index) => (index % 4 === 3) === held && row[header!.indexOf(label)] !== '');
    const columns = header!.map((each, at) => {
      const cells = kept.map((row) => row[at]!);
      return numeric[at] ? numbers(each, cells.map((cell) => (cell === '' ? NaN : Number(cell)))) : words(each, cells); // prettier-ignore
    });
    return {
      features: columns.filter(({ schema }) => schema.name !== label && !drop.includes(schema.name)),
      label: columns.find(({ schema }) => schema.name === label)!,
      rowCount: kept.length,
    };
  };
  return { train: take(false), test: take(true) };
}

/** Numbers with gaps, whole numbers, booleans and categories with gaps; `total` follows from them. */
export function madeRows(rowCount: number, seed: number, strange = false) {
  const random = randomNumbers(seed);
  const cells = <T>(make: () => T) => Array.from({ length: rowCount }, make);
  const amount = cells(() => (random() < 0.1 ? NaN : random() * 100 - 20));
  const count = cells(() => Math.floor(random() * 5));
  const member = cells(() => (random() < 0.05 ? NaN : Number(random() < 0.5)));
  const city = cells(() => (random() < 0.1 ? '' : ['Oslo', 'Rome', 'Zürich', '東京'][Math.floor(random() * 4)]!));
  const total = amount.map((value, row) => (Number.isNaN(value) ? 10 : value) + 10 * count[row]! + (city[row] === 'Rome' ? 30 : 0) + random() * 20);
  const seen = strange ? city.map((each, row) => (row % 7 === 0 ? 'Atlantis' : each)) : city;
  return {
    features: [words('city', seen), numbers('amount', amount), numbers('count', count, 'integer'), numbers('member', member, 'boolean')],
    total,
    rowCount,
  };
}

/** The three labels by which learners are tried on made rows. */
export const labels = {
  'two-class': (total: readonly number[]) => words('outcome', total.map((each) => (each > 60 ? 'stays' : 'goes'))), // prettier-ignore
  multiclass: (total: readonly number[]) => words('outcome', total.map((each) => (each > 90 ? 'c' : each > 40 ? 'b' : 'a'))), // prettier-ignore
  regression: (total: readonly number[]) => numbers('outcome', total.map((each) => Math.max(0, Math.round(each / 10)))), // prettier-ignore
} as const;

export function madeData(task: keyof typeof labels, rowCount: number, seed: number): TrainingData {
  const { features, total } = madeRows(rowCount, seed);
  return { features, label: labels[task](total), rowCount };
}
