import { MEASURES, measureOf } from './accuracy-measures.ts';
import { datasets, KNOWN_GAPS, MOST_BELOW, rowName, type AccuracyRow } from './accuracy-rows.ts';

export interface AccuracyResult {
  readonly row: AccuracyRow;
  readonly title: string;
  readonly ours: number;
  readonly theirs: number;
  /** Standard error of the difference, by the choice of seeds. */
  readonly error: number;
  readonly estimator: string;
}

const paramsOf = ({ params, within }: AccuracyRow): string =>
  Object.entries(within?.params ?? params)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ') || 'defaults';

const sizeOf = ({ blocks }: { blocks: number }): string => (blocks === 1 ? 'all rows' : `every ${blocks}${blocks === 3 ? 'rd' : 'th'} block of four rows`);

/** docs/accuracy.md */
export function accuracyPage(
  results: readonly AccuracyResult[],
  rowCounts: Readonly<Record<string, readonly [number, number]>>,
  versions: Record<string, string>,
) {
  const order = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  const sorted = [...results].sort((a, b) => order(rowName(a.row), rowName(b.row)));
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
  const gaps = sorted.flatMap(({ row, ours, theirs }) =>
    ours - theirs < -MOST_BELOW ? [`- ${rowName(row)}: ${KNOWN_GAPS[rowName(row)] ?? 'not explained yet'}`] : [],
  );
  return `${[
    '# Accuracy against scikit-learn',
    '',
    'Written by `npm run test:interop` (`test/interop/accuracy.test.ts`); do not edit. Each learner and scikit-learn’s matching estimator learn from the same rows with matching parameters and are measured on the same rows held back. The test fails where this project is more than 0.005 below scikit-learn and the row is not listed under *Known gaps*.',
    '',
    `Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
    '',
    '| Dataset | Task | Rows taken | Trained on | Held back |',
    '|---|---|---|---|---|',
    ...Object.entries(datasets)
      .sort(([a], [b]) => order(a, b))
      .map(([name, each]) => `| ${name} (\`${each.label}\`) | ${each.task} | ${sizeOf(each)} | ${rowCounts[name]![0]} | ${rowCounts[name]![1]} |`),
    '',
    'Of each block of four rows the last is held back (row index % 4 = 3). scikit-learn gets the same columns: numbers as float32; missing numbers as their mean and categories as one indicator per level, standardised for linear models, networks, neighbours and distances, from 0 to 1 for k-means; for gradient boosting missing values and categories as they are. Where chance plays a part, both sides are means over as many seeds as named, and behind the difference stands its standard error. The parameters named differ from the learner’s defaults. D² is R² with another loss than the squared one (scikit-learn’s `d2_…_score`); *variance between clusters* is 1 − squared distances from the nearest centre / squared distances from the mean. Detectors of anomalies learn from benign rows alone, and shall find the malignant ones. *Fast Forest Quantile Regression* has no twin in scikit-learn.',
    '',
    '| Dataset | Learner | Parameters | Measure | Seeds | Modelwright | scikit-learn | Difference | Estimator |',
    '|---|---|---|---|---|---|---|---|---|',
    ...sorted.map(
      ({ row, title, ours, theirs, error, estimator }) =>
        `| ${row.dataset} | ${title} | ${paramsOf(row)} | ${MEASURES[measureOf(row)]} | ${row.random ? row.seeds.length : ''} | ${ours.toFixed(4)} | ${theirs.toFixed(4)} | ${signed(ours - theirs)}${row.random ? ` ± ${error.toFixed(4)}` : ''} | ${estimator} |`,
    ),
    '',
    'Each of these models also passes `onnx.checker`; Python’s onnxruntime gives the same labels and, within 1e-5, the same numbers on the rows held back; its metadata holds the signature with the classes, and the producer.',
    '',
    '## Known gaps',
    '',
    ...(gaps.length > 0 ? gaps : ['None.']),
  ].join('\n')}\n`;
}
