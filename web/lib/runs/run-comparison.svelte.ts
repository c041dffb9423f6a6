import { catalog } from '#nodes/catalog.ts';
import type { Catalog } from '#nodes/kit/define.ts';
import type { Report } from '#nodes/kit/reports.ts';
import { compareRuns, type RunComparison, type StepPair } from '#pipelines/compare-runs.ts';
import type { Run } from '../api-types.ts';
import type { Api } from '../api.ts';
import { changeRows, valueWords, type ChangeRow } from '../designer/history/change-rows.ts';
import { learnerName } from '../format.ts';
import { metricRows, type MetricRow } from '../results/metric-rows.ts';

const known: Catalog = catalog;

/** The metrics of one model in both runs. */
export interface MetricPair {
  readonly step: string;
  readonly model: string;
  readonly rows: readonly MetricRow[];
}
export interface LoadedComparison extends RunComparison {
  readonly before: Run;
  readonly after: Run;
  readonly changes: readonly ChangeRow[];
  readonly metrics: readonly MetricPair[];
}

type Model = { readonly name: string; readonly metrics: Readonly<Record<string, number>> };

export const stepName = ({ before, after }: StepPair): string => {
  const step = after ?? before;
  return step ? step.name || learnerName(step.type) : '';
};

/** Two runs and what their evaluations told. */
export async function loadComparison(api: Api, beforeId: string, afterId: string): Promise<LoadedComparison> {
  const [before, after] = await Promise.all([api.runs.get(beforeId), api.runs.get(afterId)]);
  const found = compareRuns(before, after);
  const metrics = (await Promise.all(found.steps.map((pair) => metricsOf(api, pair)))).flat();
  const set = found.parameters.map(({ name, before: was, after: is }): ChangeRow => ({
    mark: 'changed',
    what: 'Started with',
    field: name,
    before: valueWords(was),
    after: valueWords(is),
    node: null,
  }));
  return { ...found, before, after, changes: [...set, ...changeRows(found.difference, before.document, after.document, known)], metrics };
}

async function metricsOf(api: Api, pair: StepPair): Promise<MetricPair[]> {
  const hashes = [pair.before, pair.after].map((step) => step?.outputs.find(({ kind }) => kind === 'report')?.hash);
  if (hashes.every((hash) => hash === undefined)) return [];
  const [was, is] = await Promise.all(hashes.map(async (hash) => (hash === undefined ? [] : modelsOf(await api.artifacts.report(hash)))));
  return pairModels(stepName(pair), was ?? [], is ?? []);
}

const modelsOf = (report: Report): readonly Model[] =>
  ('models' in report ? report.models : []).filter((model): model is typeof model & Model => 'metrics' in model);

/** Models of one name belong together; in the order of the later run. */
export function pairModels(step: string, before: readonly Model[], after: readonly Model[]): MetricPair[] {
  const names = [...new Set([...after, ...before].map(({ name }) => name))];
  return names.map((model) => {
    const sides = [before, after].map((models) => models.find(({ name }) => name === model) ?? { metrics: {} });
    return { step, model, rows: metricRows(sides) };
  });
}

/** `+1.3 %`, `−12 %`, `× 20`: how far the second lies from the first; empty where one is not known. */
export function changeOf(before: number | null | undefined, after: number | null | undefined): string {
  if (before == null || after == null || !Number.isFinite(before) || !Number.isFinite(after)) return '';
  if (before === after) return '=';
  const sign = after > before ? '+' : '−';
  if (before === 0) return sign;
  const share = Math.abs(after - before) / Math.abs(before);
  if (share < 0.0005) return `${sign}<0.1 %`;
  return share >= 10 ? `× ${(after / before).toFixed(0)}` : `${sign}${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
