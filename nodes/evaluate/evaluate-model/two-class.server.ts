import type { TwoClassEvaluation } from '../../kit/evaluation.ts';
import { NodeError } from '../../kit/issues.ts';
import { SCORED_PROBABILITIES } from '../../kit/signature.ts';
import { labelText } from '../../kit/label-text.ts';
import { atThreshold, twoClassCurve, type TwoClassRows } from '../metrics/two-class.ts';
import { defined, isPresent, numbersOf, readJudgement, taken, usableRows, type Judgement, type Scored, type Value } from './rows.server.ts';

const ONE_CLASS = 'All rows have the same label, so it cannot be seen how well the model tells two classes apart. Evaluate more rows.';

/** Throws NodeError `label_one_class`, `label_not_two_classes`, `rows_all_missing`, `values_not_finite`, `column_wrong_type`, `parameter_invalid`. */
export async function evaluateTwoClass(tables: readonly Scored[], wanted: string): Promise<TwoClassEvaluation> {
  const read: Judgement[] = [];
  for (const each of tables) read.push(await readJudgement(each, [SCORED_PROBABILITIES]));
  const { label } = read[0]!;
  const text = (value: Value) => labelText(value, label.type);
  const classes = classesOf(read, tables);
  const [negative, positive] = chosen(classes, read, tables, wanted, text);
  const rows = read.map((each, index): TwoClassRows => {
    const found = rowsOf(each, positive);
    // A two-class model gives the probability of the class that sorts last; an anomaly's score is that of being strange.
    const turned = positive !== classes[1] && tables[index]!.task !== 'anomaly';
    return turned ? { ...found, scores: found.scores.map((score) => 1 - score) } : found;
  });
  const threshold = tables[0]!.task === 'anomaly' ? lowestAnomaly(read[0]!) : 0.5;
  const models = rows.map((each, index) => twoClassCurve(tables[index]!.name, each, threshold));
  return {
    type: 'evaluation',
    task: 'two-class',
    label: label.name,
    positive: text(positive),
    negative: text(negative),
    summary: defined({ ...atThreshold(rows[0]!, threshold), ...models[0]!.metrics }),
    models,
    ...(threshold !== 0.5 && { threshold }),
    ...(rows.some(({ weights }) => weights) && { weighted: true as const }),
  };
}

function rowsOf(judgement: Judgement, positive: Value): TwoClassRows {
  const { truth, weights } = judgement;
  const probabilities = numbersOf(judgement.columns, SCORED_PROBABILITIES);
  const usable = usableRows(judgement, (row) => isPresent(truth[row]) && isPresent(probabilities[row]));
  const rows = {
    scores: taken(probabilities, usable),
    positive: Uint8Array.from(usable, (row) => Number(truth[row] === positive)),
    weights: weights && taken(weights, usable),
  };
  if (rows.scores.some((each) => each < 0 || each > 1)) throw new NodeError('values_not_finite', `“${SCORED_PROBABILITIES}” holds numbers outside of 0 to 1.`);
  const count = rows.positive.reduce((sum, each) => sum + each, 0);
  if (count === 0 || count === usable.length) throw new NodeError('label_one_class', ONE_CLASS);
  return rows;
}

/** The lowest score of the rows that a detector calls anomalies, 1 where there are none. */
function lowestAnomaly({ predicted, columns }: Judgement): number {
  let lowest = 1;
  numbersOf(columns, SCORED_PROBABILITIES).forEach((score, row) => {
    if (predicted[row] === 1 && score < lowest) lowest = score;
  });
  return lowest;
}

/** The two classes over true and, where they are of the same kind, predicted labels, sorted. */
function classesOf(read: readonly Judgement[], tables: readonly Scored[]): readonly [Value, Value] {
  const seen = new Set<Value>();
  for (const { truth } of read) for (const value of truth) if (isPresent(value)) seen.add(value);
  if (seen.size === 0) throw new NodeError('rows_all_missing', 'The label is missing in every row, so there is nothing to compare the scores with.');
  if (seen.size === 1) throw new NodeError('label_one_class', ONE_CLASS);
  read.forEach(({ truth, predicted }, index) => {
    if (tables[index]!.task !== 'anomaly' && typeof truth[0] === typeof predicted[0]) for (const value of predicted) if (isPresent(value)) seen.add(value);
  });
  if (seen.size > 2) {
    const examples = [...seen].slice(0, 4).join(', ');
    throw new NodeError(
      'label_not_two_classes',
      `The labels and scored labels have ${seen.size} different values (${examples} …); an evaluation of two classes needs two.`,
    );
  }
  const [a, b] = [...seen].sort((one, other) => (one < other ? -1 : 1));
  return [a!, b!];
}

/** [negative, positive]: as wanted, else the last is positive, and of anomalies the rarer one. */
function chosen(
  classes: readonly [Value, Value],
  read: readonly Judgement[],
  tables: readonly Scored[],
  wanted: string,
  text: (value: Value) => string,
): readonly [Value, Value] {
  const [first, last] = classes;
  if (wanted !== '') {
    if (wanted === text(last)) return [first, last];
    if (wanted === text(first)) return [last, first];
    throw new NodeError('parameter_invalid', `There is no class “${wanted}”. The classes are “${text(first)}” and “${text(last)}”.`, { param: 'positive' });
  }
  if (tables[0]!.task !== 'anomaly') return [first, last];
  let balance = 0;
  for (const value of read[0]!.truth) if (isPresent(value)) balance += value === first ? 1 : -1;
  return balance < 0 ? [last, first] : [first, last];
}
