import { readFileSync, statSync } from 'node:fs';
import type { EvaluationReport, Report } from '#nodes/kit/reports.ts';
import type { ArtifactMeta } from './messages.ts';

const LARGEST_REPORT = 8 * 2 ** 20;

/** The figure by which lists tell an evaluation: AUC of two classes, R² of a regression; null when the report has none. */
export function headlineOf(report: Report): string | null {
  if (report.type !== 'evaluation') return null;
  const { task, summary } = report as EvaluationReport;
  const [title, value] = task === 'two-class' ? ['AUC', summary.auc] : ['R²', summary.r2];
  return typeof value === 'number' && Number.isFinite(value) ? `${title} ${value.toFixed(3)}` : null;
}

/** The headline of a stored artifact; null for anything but an evaluation. */
export function headlineOfFile(meta: ArtifactMeta, path: string): string | null {
  if (meta.kind !== 'report' || meta.report !== 'evaluation' || statSync(path).size > LARGEST_REPORT) return null;
  return headlineOf(JSON.parse(readFileSync(path, 'utf8')) as Report);
}
