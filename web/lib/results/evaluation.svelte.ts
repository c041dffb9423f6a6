import type { TwoClassCurve, TwoClassEvaluation } from '#nodes/kit/reports.ts';
import { count } from '../format.ts';
import { metricRow, metricRows, type MetricRow } from './metric-rows.ts';
import { bestOf, cheapest, confusionAt, costOf, figuresOf, gainOf, gainPoints, liftPoints, precisionRecallPoints, rocPoints } from './threshold.ts';

const AT_THRESHOLD = ['accuracy', 'balancedAccuracy', 'precision', 'recall', 'specificity', 'f1', 'matthewsCorrelation', 'cohensKappa'] as const;

/** Everything that the Evaluate view of two classes shows, as it follows the threshold and the costs. */
export class TwoClassView {
  readonly report: TwoClassEvaluation;
  readonly curves: readonly TwoClassCurve[];
  readonly roc: readonly [number, number][][];
  readonly precisionRecall: readonly [number, number][][];
  readonly gain: readonly [number, number][][];
  readonly lift: readonly [number, number][][];
  threshold = $state(0.5);
  costMissed = $state(1);
  costNeedless = $state(1);
  /** Which model's scores the histogram shows. */
  shown = $state(0);

  readonly confusions = $derived.by(() => this.curves.map((curve) => confusionAt(curve, this.threshold)));
  readonly figures = $derived(this.confusions.map(figuresOf));
  readonly costs = $derived({ missed: this.costMissed, needless: this.costNeedless });
  readonly cheapest = $derived.by(() => this.curves.map((curve) => cheapest(curve, this.costs)));

  /** Where each model stands at the threshold, in each of the curves. */
  readonly places = $derived.by(() => {
    const gain = this.confusions.map((each, at) => gainOf(this.curves[at]!, each.truePositives, each.falsePositives));
    return {
      roc: this.confusions.map((each): [number, number] => [
        each.falsePositives / (each.falsePositives + each.trueNegatives),
        each.truePositives / (each.truePositives + each.falseNegatives),
      ]),
      precisionRecall: this.figures.map((each): [number, number] => [each.recall, each.precision]),
      gain,
      lift: gain.map(([share, found]): [number, number] => [share, found / share]),
    };
  });

  constructor(report: TwoClassEvaluation) {
    this.report = report;
    this.threshold = report.threshold ?? 0.5;
    this.curves = report.models;
    this.roc = report.models.map(rocPoints);
    this.precisionRecall = report.models.map(precisionRecallPoints);
    this.gain = report.models.map(gainPoints);
    this.lift = report.models.map(liftPoints);
  }

  readonly overall = $derived.by(() => metricRows(this.curves));

  readonly atThreshold = $derived.by((): MetricRow[] => {
    const rows = AT_THRESHOLD.map((key) =>
      metricRow(
        key,
        this.figures.map((each) => each[key]),
      ),
    );
    const costs = this.confusions.map((confusion) => costOf(confusion, this.costs));
    const predicted = this.figures.map((each) => each.predictedPositive);
    return [
      ...rows,
      { name: `Predicted ${this.report.positive}`, numbers: predicted, values: predicted.map(count), higherIsBetter: true, best: -1 },
      {
        name: `Cost, ${this.costMissed} : ${this.costNeedless}`,
        numbers: costs,
        values: costs.map(count),
        higherIsBetter: false,
        best: bestOf(costs, false, 0),
      },
    ];
  });
}
