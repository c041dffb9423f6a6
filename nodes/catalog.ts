import type { Catalog } from './kit/define.ts';
import { dataset } from './data/dataset/node.ts';
import { enterDataManually } from './data/enter-data-manually/node.ts';
import { importData } from './data/import-data/node.ts';
import { selectColumnsInDataset } from './transform/select-columns-in-dataset/node.ts';
import { editMetadata } from './transform/edit-metadata/node.ts';
import { cleanMissingData } from './transform/clean-missing-data/node.ts';
import { normalizeData } from './transform/normalize-data/node.ts';
import { convertToIndicatorValues } from './transform/convert-to-indicator-values/node.ts';
import { splitData } from './transform/split-data/node.ts';
import { applySqlTransformation } from './transform/apply-sql-transformation/node.ts';
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
import { twoClassNeuralNetwork } from './learners/two-class-neural-network/node.ts';
import { multiclassNeuralNetwork } from './learners/multiclass-neural-network/node.ts';
import { neuralNetworkRegression } from './learners/neural-network-regression/node.ts';
import { trainModel } from './train/train-model/node.ts';
import { scoreModel } from './evaluate/score-model/node.ts';
import { evaluateModel } from './evaluate/evaluate-model/node.ts';

/** Every node type by its name. One import and one line per node type, in the order of the library. */
export const catalog = {
  dataset,
  'import-data': importData,
  'enter-data-manually': enterDataManually,
  'select-columns-in-dataset': selectColumnsInDataset,
  'edit-metadata': editMetadata,
  'clean-missing-data': cleanMissingData,
  'normalize-data': normalizeData,
  'convert-to-indicator-values': convertToIndicatorValues,
  'split-data': splitData,
  'apply-sql-transformation': applySqlTransformation,
  'two-class-logistic-regression': twoClassLogisticRegression,
  'two-class-boosted-decision-tree': twoClassBoostedDecisionTree,
  'linear-regression': linearRegression,
  'two-class-neural-network': twoClassNeuralNetwork,
  'multiclass-neural-network': multiclassNeuralNetwork,
  'neural-network-regression': neuralNetworkRegression,
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
