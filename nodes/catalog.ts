import type { Catalog } from './kit/define.ts';
import { dataset } from './data/dataset/node.ts';
import { saveAsDataset } from './data/save-as-dataset/node.ts';
import { enterDataManually } from './data/enter-data-manually/node.ts';
import { importData } from './data/import-data/node.ts';
import { convertToCsv } from './data/convert-to-csv/node.ts';
import { exportData } from './data/export-data/node.ts';
import { selectColumnsInDataset } from './transform/select-columns-in-dataset/node.ts';
import { editMetadata } from './transform/edit-metadata/node.ts';
import { deriveColumn } from './transform/derive-column/node.ts';
import { applyMathOperation } from './transform/apply-math-operation/node.ts';
import { filterRows } from './transform/filter-rows/node.ts';
import { convertToDataset } from './transform/convert-to-dataset/node.ts';
import { cleanMissingData } from './transform/clean-missing-data/node.ts';
import { applyTransformation } from './transform/apply-transformation/node.ts';
import { clipValues } from './transform/clip-values/node.ts';
import { selectColumnsTransform } from './transform/select-columns-transform/node.ts';
import { groupDataIntoBins } from './transform/group-data-into-bins/node.ts';
import { ordinalEncode } from './transform/ordinal-encode/node.ts';
import { groupCategoricalValues } from './transform/group-categorical-values/node.ts';
import { targetEncode } from './transform/target-encode/node.ts';
import { normalizeData } from './transform/normalize-data/node.ts';
import { convertToIndicatorValues } from './transform/convert-to-indicator-values/node.ts';
import { smote } from './transform/smote/node.ts';
import { splitData } from './transform/split-data/node.ts';
import { joinData } from './transform/join-data/node.ts';
import { changeText } from './transform/change-text/node.ts';
import { splitColumn } from './transform/split-column/node.ts';
import { dateParts } from './transform/date-parts/node.ts';
import { groupAndAggregate } from './transform/group-and-aggregate/node.ts';
import { pivotData } from './transform/pivot-data/node.ts';
import { unpivotData } from './transform/unpivot-data/node.ts';
import { windowFunctions } from './transform/window-functions/node.ts';
import { sort } from './transform/sort/node.ts';
import { addRows } from './transform/add-rows/node.ts';
import { addColumns } from './transform/add-columns/node.ts';
import { removeDuplicateRows } from './transform/remove-duplicate-rows/node.ts';
import { partitionAndSample } from './transform/partition-and-sample/node.ts';
import { applySqlTransformation } from './transform/apply-sql-transformation/node.ts';
import { deployToEndpoint } from './deploy/deploy-to-endpoint/node.ts';
import { registerModel } from './deploy/register-model/node.ts';
import { webServiceInput } from './deploy/web-service-input/node.ts';
import { webServiceOutput } from './deploy/web-service-output/node.ts';
import { fittedTransform } from './deploy/fitted-transform/node.ts';
import { columnChanges } from './deploy/column-changes/node.ts';
import { registeredModel } from './deploy/registered-model/node.ts';
import { trainedModel } from './deploy/trained-model/node.ts';
import { trainedTransform } from './deploy/trained-transform/node.ts';
import { twoClassLogisticRegression } from './learners/two-class-logistic-regression/node.ts';
import { twoClassBoostedDecisionTree } from './learners/two-class-boosted-decision-tree/node.ts';
import { multiclassBoostedDecisionTree } from './learners/multiclass-boosted-decision-tree/node.ts';
import { twoClassDecisionForest } from './learners/two-class-decision-forest/node.ts';
import { multiclassDecisionForest } from './learners/multiclass-decision-forest/node.ts';
import { twoClassExtremelyRandomisedTrees } from './learners/two-class-extremely-randomised-trees/node.ts';
import { multiclassExtremelyRandomisedTrees } from './learners/multiclass-extremely-randomised-trees/node.ts';
import { boostedDecisionTreeRegression } from './learners/boosted-decision-tree-regression/node.ts';
import { decisionForestRegression } from './learners/decision-forest-regression/node.ts';
import { fastForestQuantileRegression } from './learners/fast-forest-quantile-regression/node.ts';
import { extremelyRandomisedTreesRegression } from './learners/extremely-randomised-trees-regression/node.ts';
import { linearRegression } from './learners/linear-regression/node.ts';
import { oneVsOneMulticlass } from './learners/one-vs-one-multiclass/node.ts';
import { oneVsAllMulticlass } from './learners/one-vs-all-multiclass/node.ts';
import { multiclassNaiveBayes } from './learners/multiclass-naive-bayes/node.ts';
import { twoClassNaiveBayes } from './learners/two-class-naive-bayes/node.ts';
import { kNearestNeighboursClassification } from './learners/k-nearest-neighbours-classification/node.ts';
import { kNearestNeighboursRegression } from './learners/k-nearest-neighbours-regression/node.ts';
import { twoClassAveragedPerceptron } from './learners/two-class-averaged-perceptron/node.ts';
import { twoClassSupportVectorMachine } from './learners/two-class-support-vector-machine/node.ts';
import { poissonRegression } from './learners/poisson-regression/node.ts';
import { multiclassLogisticRegression } from './learners/multiclass-logistic-regression/node.ts';
import { twoClassNeuralNetwork } from './learners/two-class-neural-network/node.ts';
import { multiclassNeuralNetwork } from './learners/multiclass-neural-network/node.ts';
import { neuralNetworkRegression } from './learners/neural-network-regression/node.ts';
import { crossValidateModel } from './train/cross-validate-model/node.ts';
import { kMeansClustering } from './learners/k-means-clustering/node.ts';
import { trainClusteringModel } from './train/train-clustering-model/node.ts';
import { assignDataToClusters } from './evaluate/assign-data-to-clusters/node.ts';
import { tuneModelHyperparameters } from './train/tune-model-hyperparameters/node.ts';
import { isolationForest } from './learners/isolation-forest/node.ts';
import { pcaBasedAnomalyDetection } from './learners/pca-based-anomaly-detection/node.ts';
import { oneClassSupportVectorMachine } from './learners/one-class-support-vector-machine/node.ts';
import { trainAnomalyDetectionModel } from './train/train-anomaly-detection-model/node.ts';
import { sweepClustering } from './train/sweep-clustering/node.ts';
import { principalComponentAnalysis } from './features/principal-component-analysis/node.ts';
import { filterBasedFeatureSelection } from './features/filter-based-feature-selection/node.ts';
import { summarizeData } from './features/summarize-data/node.ts';
import { computeLinearCorrelation } from './features/compute-linear-correlation/node.ts';
import { testHypothesis } from './features/test-hypothesis/node.ts';
import { extractNGramFeaturesFromText } from './text/extract-n-gram-features-from-text/node.ts';
import { preprocessText } from './text/preprocess-text/node.ts';
import { featureHashing } from './text/feature-hashing/node.ts';
import { dbscan } from './features/dbscan/node.ts';
import { trainModel } from './train/train-model/node.ts';
import { scoreModel } from './evaluate/score-model/node.ts';
import { explainPredictions } from './evaluate/explain-predictions/node.ts';
import { evaluateModel } from './evaluate/evaluate-model/node.ts';
import { partialDependence } from './evaluate/partial-dependence/node.ts';
import { permutationFeatureImportance } from './evaluate/permutation-feature-importance/node.ts';

/** Every node type by its name. One import and one line per node type, in the order of the library. */
export const catalog = {
  dataset,
  'save-as-dataset': saveAsDataset,
  'import-data': importData,
  'enter-data-manually': enterDataManually,
  'convert-to-csv': convertToCsv,
  'export-data': exportData,
  'select-columns-in-dataset': selectColumnsInDataset,
  'select-columns-transform': selectColumnsTransform,
  'edit-metadata': editMetadata,
  'derive-column': deriveColumn,
  'filter-rows': filterRows,
  'apply-math-operation': applyMathOperation,
  'convert-to-dataset': convertToDataset,
  'clean-missing-data': cleanMissingData,
  'normalize-data': normalizeData,
  'clip-values': clipValues,
  'group-data-into-bins': groupDataIntoBins,
  'convert-to-indicator-values': convertToIndicatorValues,
  'group-categorical-values': groupCategoricalValues,
  'ordinal-encode': ordinalEncode,
  'target-encode': targetEncode,
  'apply-transformation': applyTransformation,
  'split-data': splitData,
  'join-data': joinData,
  'partition-and-sample': partitionAndSample,
  'remove-duplicate-rows': removeDuplicateRows,
  'add-columns': addColumns,
  'add-rows': addRows,
  sort,
  'group-and-aggregate': groupAndAggregate,
  'window-functions': windowFunctions,
  'pivot-data': pivotData,
  'unpivot-data': unpivotData,
  smote,
  'principal-component-analysis': principalComponentAnalysis,
  'filter-based-feature-selection': filterBasedFeatureSelection,
  'change-text': changeText,
  'split-column': splitColumn,
  'date-parts': dateParts,
  'apply-sql-transformation': applySqlTransformation,
  'preprocess-text': preprocessText,
  'extract-n-gram-features-from-text': extractNGramFeaturesFromText,
  'feature-hashing': featureHashing,
  'summarize-data': summarizeData,
  'compute-linear-correlation': computeLinearCorrelation,
  'test-hypothesis': testHypothesis,
  'two-class-logistic-regression': twoClassLogisticRegression,
  'two-class-boosted-decision-tree': twoClassBoostedDecisionTree,
  'multiclass-boosted-decision-tree': multiclassBoostedDecisionTree,
  'two-class-decision-forest': twoClassDecisionForest,
  'multiclass-decision-forest': multiclassDecisionForest,
  'two-class-extremely-randomised-trees': twoClassExtremelyRandomisedTrees,
  'multiclass-extremely-randomised-trees': multiclassExtremelyRandomisedTrees,
  'boosted-decision-tree-regression': boostedDecisionTreeRegression,
  'decision-forest-regression': decisionForestRegression,
  'fast-forest-quantile-regression': fastForestQuantileRegression,
  'extremely-randomised-trees-regression': extremelyRandomisedTreesRegression,
  'linear-regression': linearRegression,
  'one-vs-one-multiclass': oneVsOneMulticlass,
  'one-vs-all-multiclass': oneVsAllMulticlass,
  'multiclass-naive-bayes': multiclassNaiveBayes,
  'two-class-naive-bayes': twoClassNaiveBayes,
  'two-class-averaged-perceptron': twoClassAveragedPerceptron,
  'two-class-support-vector-machine': twoClassSupportVectorMachine,
  'poisson-regression': poissonRegression,
  'multiclass-logistic-regression': multiclassLogisticRegression,
  'k-nearest-neighbours-classification': kNearestNeighboursClassification,
  'k-nearest-neighbours-regression': kNearestNeighboursRegression,
  'two-class-neural-network': twoClassNeuralNetwork,
  'multiclass-neural-network': multiclassNeuralNetwork,
  'neural-network-regression': neuralNetworkRegression,
  'k-means-clustering': kMeansClustering,
  dbscan,
  'isolation-forest': isolationForest,
  'pca-based-anomaly-detection': pcaBasedAnomalyDetection,
  'one-class-support-vector-machine': oneClassSupportVectorMachine,
  'train-model': trainModel,
  'train-clustering-model': trainClusteringModel,
  'sweep-clustering': sweepClustering,
  'train-anomaly-detection-model': trainAnomalyDetectionModel,
  'tune-model-hyperparameters': tuneModelHyperparameters,
  'cross-validate-model': crossValidateModel,
  'score-model': scoreModel,
  'assign-data-to-clusters': assignDataToClusters,
  'evaluate-model': evaluateModel,
  'explain-predictions': explainPredictions,
  'permutation-feature-importance': permutationFeatureImportance,
  'partial-dependence': partialDependence,
  'register-model': registerModel,
  'deploy-to-endpoint': deployToEndpoint,
  'web-service-input': webServiceInput,
  'web-service-output': webServiceOutput,
  'fitted-transform': fittedTransform,
  'column-changes': columnChanges,
  'registered-model': registeredModel,
  'trained-model': trainedModel,
  'trained-transform': trainedTransform,
} satisfies Catalog;
