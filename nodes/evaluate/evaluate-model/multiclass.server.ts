import type { MulticlassEvaluation } from '../../kit/evaluation.ts';
import { NodeError } from '../../kit/issues.ts';
import { probabilityColumn } from '../../kit/signature.ts';
import type { ColumnSchema } from '../../kit/table.ts';
import { labelText } from '../../kit/label-text.ts';
import { multiclassModel, type MulticlassRows } from '../metrics/multiclass.ts';
import { defined, isPresent, numbersOf, readJudgement, taken, usableRows, type Judgement, type Scored, type Value } from './rows.server.ts';

const MAXIMUM_CLASSES = 1_000;
/** More classes than this are too many for one matrix; the rarer ones are drawn as one. */
const DRAWN_CLASSES = 50;
const PROBABILITIES = probabilityColumn('');

/** Throws NodeError `label_too_many_classes`, `rows_all_missing`, `column_wrong_type`. */
export async function evaluateMulticlass(tables: readonly Scored[]): Promise<MulticlassEvaluation> {
  const read: Judgement[] = [];
  for (const each of tables) read.push(await readJudgement(each, probabilityColumns(each)));
  const levels = levelsOf(read);
  const places = new Map(levels.map((level, index) => [level, index]));
  const rows = read.map((each, index) => rowsOf(each, probabilityColumns(tables[index]!), levels, places));
  const shown = drawn(rows[0]!);
  const models = rows.map((each, index) => {
    const model = multiclassModel(tables[index]!.name, each, shown);
    return { ...model, metrics: defined(model.metrics) };
  });
  return {
    type: 'evaluation',
    task: 'multiclass',
    label: read[0]!.label.name,
    summary: models[0]!.metrics,
    matrixLevels: [...shown.map((own) => levels[own]!), ...(shown.length < levels.length ? [''] : [])],
    models,
    ...(rows.some(({ weights }) => weights) && { weighted: true as const }),
  };
}

const probabilityColumns = ({ table }: Scored): string[] =>
  table.schema.columns.filter(({ name, role }) => role === 'score' && name.startsWith(PROBABILITIES)).map(({ name }) => name);

/** All classes that are true, predicted or have a probability, sorted as in training: numbers by value, words by letters. */
function levelsOf(read: readonly Judgement[]): string[] {
  const seen = new Map<string, Value>();
  for (const { label, truth, predicted, predictedType } of read) {
    for (const value of new Set<Value | null>(truth)) if (isPresent(value)) seen.set(labelText(value, label.type), value);
    for (const value of new Set<Value | null>(predicted)) if (isPresent(value)) seen.set(labelText(value, predictedType), value);
    if (seen.size > MAXIMUM_CLASSES) {
      const message = `The labels and scored labels have ${seen.size.toLocaleString('en-US')} different values, but at most ${MAXIMUM_CLASSES.toLocaleString('en-US')} classes are judged. Is “${label.name}” a number to predict?`;
      throw new NodeError('label_too_many_classes', message);
    }
  }
  const numeric = [...seen.values()].every((value) => typeof value === 'number');
  for (const { columns } of read)
    for (const name of columns.keys()) {
      const level = name.startsWith(PROBABILITIES) ? name.slice(PROBABILITIES.length) : '';
      if (level !== '' && !seen.has(level)) seen.set(level, numeric ? Number(level) : level);
    }
  const compare = (a: Value, b: Value) => (a < b ? -1 : Number(a > b));
  return [...seen].sort(([, a], [, b]) => compare(a, b)).map(([level]) => level);
}

function rowsOf(judgement: Judgement, probabilities: readonly string[], levels: readonly string[], places: ReadonlyMap<string, number>): MulticlassRows {
  const { truth, predicted, label, predictedType, columns, weights } = judgement;
  const usable = usableRows(judgement, (row) => isPresent(truth[row]) && isPresent(predicted[row]));
  const placed = (values: Judgement['truth'], type: ColumnSchema['type']) => Int32Array.from(usable, (row) => places.get(labelText(values[row]!, type))!);
  const none = new Float64Array(usable.length);
  return {
    levels,
    truth: placed(truth, label.type),
    predicted: placed(predicted, predictedType),
    probabilities:
      probabilities.length === 0
        ? undefined
        : levels.map((level) => {
            const name = probabilityColumn(level);
            return columns.has(name) ? taken(numbersOf(columns, name), usable) : none;
          }),
    weights: weights && taken(weights, usable),
  };
}

/** The classes that the matrix shows, in order: all, or the ones with the most rows. */
function drawn({ levels, truth }: MulticlassRows): number[] {
  const all = levels.map((_, own) => own);
  if (all.length <= DRAWN_CLASSES) return all;
  const counts = new Float64Array(levels.length);
  for (const own of truth) counts[own]! += 1;
  return all
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, DRAWN_CLASSES)
    .sort((a, b) => a - b);
}
