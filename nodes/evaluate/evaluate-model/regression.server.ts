import type { RegressionEvaluation } from '../../kit/evaluation.ts';
import { NodeError } from '../../kit/issues.ts';
import { SCORED_LABELS } from '../../kit/signature.ts';
import { isNumeric, type TableSchema } from '../../kit/table.ts';
import { quantileLoss, regressionModel } from '../metrics/regression.ts';
import { defined, numbersOf, readJudgement, taken, usableRows, type Scored } from './rows.server.ts';

const QUANTILE = /^Quantile (0?\.\d+|0|1)$/;
const quantilesOf = ({ columns }: TableSchema) => columns.filter(({ name, role }) => role === 'score' && QUANTILE.test(name)).map(({ name }) => name);

/** Throws NodeError `label_not_numeric`, `column_wrong_type`, `rows_all_missing`. */
export async function evaluateRegression(tables: readonly Scored[]): Promise<RegressionEvaluation> {
  const models: RegressionEvaluation['models'][number][] = [];
  let weighted = false;
  let name = '';
  for (const scored of tables) {
    const quantiles = quantilesOf(scored.table.schema);
    const judgement = await readJudgement(scored, quantiles);
    const { label, truth, predicted, predictedType, columns, weights } = judgement;
    if (!(truth instanceof Float64Array) || !isNumeric(label.type))
      throw new NodeError('label_not_numeric', `The label “${label.name}” is ${label.type}, but the scored labels are numbers: this cannot be compared.`);
    if (!(predicted instanceof Float64Array))
      throw new NodeError('column_wrong_type', `“${SCORED_LABELS}” is ${predictedType}, but the label “${label.name}” is a number.`);
    const usable = usableRows(judgement, (row) => Number.isFinite(truth[row]) && Number.isFinite(predicted[row]));
    const rows = { truth: taken(truth, usable), predicted: taken(predicted, usable), weights: weights && taken(weights, usable) };
    const model = regressionModel(scored.name, rows);
    const losses = quantiles.map(
      (each) => [`quantileLoss${each.slice('Quantile '.length)}`, { ...rows, predicted: taken(numbersOf(columns, each), usable) }] as const,
    );
    models.push({
      ...model,
      metrics: defined({
        ...model.metrics,
        ...Object.fromEntries(losses.map(([key, of]) => [key, quantileLoss(of, Number(key.slice('quantileLoss'.length)))])),
      }),
    });
    weighted ||= weights !== undefined;
    name ||= label.name;
  }
  return { type: 'evaluation', task: 'regression', label: name, summary: models[0]!.metrics, models, ...(weighted && { weighted: true as const }) };
}
