import { readFileSync, statSync } from 'node:fs';
import type { Report } from '#nodes/kit/reports.ts';
import type { Task } from '#nodes/kit/signature.ts';
import type { ArtifactMeta } from './messages.ts';

const LARGEST_REPORT = 8 * 2 ** 20;

/** The figure by which lists tell an evaluation of each task: its title, and its name in the summary. */
const FIGURES: Readonly<Record<Task, readonly [title: string, name: string]>> = {
  'two-class': ['AUC', 'auc'],
  multiclass: ['Accuracy', 'accuracy'],
  regression: ['R²', 'r2'],
  clustering: ['Silhouette', 'silhouette'],
  anomaly: ['AUC', 'auc'],
};

/** The figure by which lists tell an evaluation; null when the report has none. */
export function headlineOf(report: Report): string | null {
  if (report.type !== 'evaluation') return null;
  const [title, name] = FIGURES[report.task];
  const value = report.summary[name];
  return typeof value === 'number' && Number.isFinite(value) ? `${title} ${value.toFixed(3)}` : null;
}

/** The headline of a stored artifact; null for anything but an evaluation. */
export function headlineOfFile(meta: ArtifactMeta, path: string): string | null {
  if (meta.kind !== 'report' || meta.report !== 'evaluation' || statSync(path).size > LARGEST_REPORT) return null;
  return headlineOf(JSON.parse(readFileSync(path, 'utf8')) as Report);
}
