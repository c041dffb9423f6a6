import type { Catalog } from './kit/define.ts';
import { dataset } from './data/dataset/node.ts';
import { enterDataManually } from './data/enter-data-manually/node.ts';
import { importData } from './data/import-data/node.ts';
import { deployToEndpoint } from './deploy/deploy-to-endpoint/node.ts';
import { registerModel } from './deploy/register-model/node.ts';
import { webServiceInput } from './deploy/web-service-input/node.ts';
import { webServiceOutput } from './deploy/web-service-output/node.ts';
import { fittedTransform } from './deploy/fitted-transform/node.ts';
import { columnChanges } from './deploy/column-changes/node.ts';
import { trainedModel } from './deploy/trained-model/node.ts';
import { twoClassLogisticRegression } from './learners/two-class-logistic-regression/node.ts';
import { twoClassBoostedDecisionTree } from './learners/two-class-boosted-decision-tree/node.ts';
import { linearRegression } from './learners/linear-regression/node.ts';
import { trainModel } from './train/train-model/node.ts';
import { scoreModel } from './evaluate/score-model/node.ts';
import { evaluateModel } from './evaluate/evaluate-model/node.ts';

/** Every node type by its name. One import and one line per node type, in the order of the library. */
export const catalog = {
  dataset,
  'import-data': importData,
  'enter-data-manually': enterDataManually,
  'two-class-logistic-regression': twoClassLogisticRegression,
  'two-class-boosted-decision-tree': twoClassBoostedDecisionTree,
  'linear-regression': linearRegression,
  'train-model': trainModel,
  'score-model': scoreModel,
  'evaluate-model': evaluateModel,
  'register-model': registerModel,
  'deploy-to-endpoint': deployToEndpoint,
  'web-service-input': webServiceInput,
  'web-service-output': webServiceOutput,
  'fitted-transform': fittedTransform,
  'column-changes': columnChanges,
  'trained-model': trainedModel,
} satisfies Catalog;
