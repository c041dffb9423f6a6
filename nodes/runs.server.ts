import type { AnyRun } from './kit/define.ts';

/** The work of each node type that is more than SQL, loaded when a step first needs it. */
export const runs: Readonly<Record<string, () => Promise<{ default: AnyRun }>>> = {
  dataset: () => import('./data/dataset/run.server.ts'),
  'import-data': () => import('./data/import-data/run.server.ts'),
  'enter-data-manually': () => import('./data/enter-data-manually/run.server.ts'),
  'clean-missing-data': () => import('./transform/clean-missing-data/run.server.ts'),
  'normalize-data': () => import('./transform/normalize-data/run.server.ts'),
  'convert-to-indicator-values': () => import('./transform/convert-to-indicator-values/run.server.ts'),
  'apply-sql-transformation': () => import('./transform/apply-sql-transformation/run.server.ts'),
  'two-class-logistic-regression': () => import('./learners/two-class-logistic-regression/run.server.ts'),
  'two-class-boosted-decision-tree': () => import('./learners/two-class-boosted-decision-tree/run.server.ts'),
  'linear-regression': () => import('./learners/linear-regression/run.server.ts'),
  'two-class-neural-network': () => import('./learners/two-class-neural-network/run.server.ts'),
  'multiclass-neural-network': () => import('./learners/multiclass-neural-network/run.server.ts'),
  'neural-network-regression': () => import('./learners/neural-network-regression/run.server.ts'),
  'train-model': () => import('./train/train-model/run.server.ts'),
  'score-model': () => import('./evaluate/score-model/run.server.ts'),
  'evaluate-model': () => import('./evaluate/evaluate-model/run.server.ts'),
  'register-model': () => import('./deploy/register-model/run.server.ts'),
  'deploy-to-endpoint': () => import('./deploy/deploy-to-endpoint/run.server.ts'),
  'web-service-input': () => import('./deploy/web-service-input/run.server.ts'),
  'web-service-output': () => import('./deploy/web-service-output/run.server.ts'),
  'fitted-transform': () => import('./deploy/fitted-transform/run.server.ts'),
  'column-changes': () => import('./deploy/column-changes/run.server.ts'),
  'trained-model': () => import('./deploy/trained-model/run.server.ts'),
};
