import { datasets, KNOWN_GAPS, MOST_BELOW, type AccuracyRow } from './accuracy-rows.ts';

export interface AccuracyResult {
  readonly row: AccuracyRow;
  readonly title: string;
  readonly ours: number;
  readonly theirs: number;
  readonly estimator: string;
}

export const MEASURES = { 'two-class': 'AUC', multiclass: 'accuracy', regression: 'R²' } as const;
export const gapName = ({ dataset, learner }: AccuracyRow): string => `${dataset} ${learner}`;

const paramsOf = (params: Record<string, unknown>): string =>
  Object.entries(params)
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
  const sorted = [...results].sort((a, b) => order(gapName(a.row), gapName(b.row)));
  const signed = (value: number) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
  const gaps = sorted.flatMap(({ row, ours, theirs }) =>
    ours - theirs < -MOST_BELOW ? [`- ${gapName(row)}: ${KNOWN_GAPS[gapName(row)] ?? 'not explained yet'}`] : [],
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
    'Of each block of four rows the last is held back (row index % 4 = 3). scikit-learn gets the same columns: numbers as float32; missing numbers as their mean and categories as one indicator per level, standardised for linear models and networks; for gradient boosting missing values and categories as they are. Learners in which chance plays a part are means over three seeds, networks over eight, on both sides. The parameters named differ from the learner’s defaults.',
    '',
    '| Dataset | Learner | Parameters | Measure | Modelwright | scikit-learn | Difference | Estimator |',
    '|---|---|---|---|---|---|---|---|',
    ...sorted.map(
      ({ row, title, ours, theirs, estimator }) =>
        `| ${row.dataset} | ${title} | ${paramsOf(row.params)} | ${MEASURES[datasets[row.dataset]!.task]} | ${ours.toFixed(4)} | ${theirs.toFixed(4)} | ${signed(ours - theirs)} | ${estimator} |`,
    ),
    '',
    'Each of these models also passes `onnx.checker`; Python’s onnxruntime gives the same labels and, within 1e-5, the same numbers on the rows held back; its metadata holds the signature with the classes, and the producer.',
    '',
    '## Known gaps',
    '',
    ...(gaps.length > 0 ? gaps : ['None.']),
  ].join('\n')}\n`;
}
