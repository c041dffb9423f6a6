import type { TwoClassCurve, TwoClassEvaluation } from '#nodes/kit/reports.ts';
import { fixed, metricName, count } from '../format.ts';
import { bestOf, cheapest, confusionAt, costOf, figuresOf, higherIsBetter, precisionRecallPoints, rocPoints } from './threshold.ts';

export interface MetricRow {
  readonly name: string;
  readonly values: readonly string[];
  /** Which column is the better one; −1 for none. */
  readonly best: number;
}

/** Everything that the Evaluate view of two classes shows, as it follows the threshold and the costs. */
export class TwoClassView {
  readonly report: TwoClassEvaluation;
  readonly curves: readonly TwoClassCurve[];
  readonly roc: readonly [number, number][][];
  readonly precisionRecall: readonly [number, number][][];
  threshold = $state(0.5);
  costMissed = $state(1);
  costNeedless = $state(1);
  /** Which model's scores the histogram shows. */
  shown = $state(0);

  readonly confusions = $derived.by(() => this.curves.map((curve) => confusionAt(curve, this.threshold)));
  readonly figures = $derived(this.confusions.map(figuresOf));
  readonly costs = $derived({ missed: this.costMissed, needless: this.costNeedless });
  readonly cheapest = $derived.by(() => this.curves.map((curve) => cheapest(curve, this.costs)));

  constructor(report: TwoClassEvaluation) {
    this.report = report;
    this.curves = report.models;
    this.roc = report.models.map(rocPoints);
    this.precisionRecall = report.models.map(precisionRecallPoints);
  }

  readonly overall = $derived.by((): MetricRow[] => {
    const keys = [...new Set(this.curves.flatMap((curve) => Object.keys(curve.metrics)))];
    return keys.map((key) => {
      const values = this.curves.map((curve) => curve.metrics[key] ?? Number.NaN);
      const decimals = key.startsWith('lift') ? 2 : 3;
      return { name: metricName(key), values: values.map((value) => fixed(value, decimals)), best: bestOf(values, higherIsBetter(key), decimals) };
    });
  });

  readonly atThreshold = $derived.by((): MetricRow[] => {
    const keys = ['accuracy', 'precision', 'recall', 'specificity', 'f1'] as const;
    const rows = keys.map((key) => {
      const values = this.figures.map((each) => each[key]);
      return { name: metricName(key), values: values.map((value) => fixed(value)), best: bestOf(values, true, 3) };
    });
    const costs = this.confusions.map((confusion) => costOf(confusion, this.costs));
    return [
      ...rows,
      { name: `Predicted ${this.report.positive}`, values: this.figures.map((each) => count(each.predictedPositive)), best: -1 },
      { name: `Cost, ${this.costMissed} : ${this.costNeedless}`, values: costs.map((cost) => count(cost)), best: bestOf(costs, false, 0) },
    ];
  });
}
