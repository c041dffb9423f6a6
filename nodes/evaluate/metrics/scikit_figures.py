"""What scikit-learn says of predictions, by the names of this project's figures. Used by reference.py and by the interop tests."""

import numpy
from sklearn import metrics


def over_classes(truth, predicted, weights):
    """What scikit-learn says of labels, whatever their number."""
    more = {"sample_weight": weights}
    safe = {**more, "zero_division": 0}
    return {
        "accuracy": metrics.accuracy_score(truth, predicted, **more),
        "balancedAccuracy": metrics.balanced_accuracy_score(truth, predicted, **more),
        "precisionMacro": metrics.precision_score(truth, predicted, average="macro", **safe),
        "recallMacro": metrics.recall_score(truth, predicted, average="macro", **safe),
        "f1Micro": metrics.f1_score(truth, predicted, average="micro", **safe),
        "f1Macro": metrics.f1_score(truth, predicted, average="macro", **safe),
        "f1Weighted": metrics.f1_score(truth, predicted, average="weighted", **safe),
        "matthewsCorrelation": metrics.matthews_corrcoef(truth, predicted, **more),
        "cohensKappa": metrics.cohen_kappa_score(truth, predicted, **more),
    }


def two_class(yes, scores, weights=None):
    more = {"sample_weight": weights}
    safe = {**more, "zero_division": 0}
    predicted = scores >= 0.5
    all_labels = over_classes(yes, predicted, weights)
    wanted = ["accuracy", "balancedAccuracy", "f1Macro", "f1Weighted", "matthewsCorrelation", "cohensKappa"]
    return {
        "auc": metrics.roc_auc_score(yes, scores, **more),
        "averagePrecision": metrics.average_precision_score(yes, scores, **more),
        "logLoss": metrics.log_loss(yes, scores, labels=[False, True], **more),
        "brier": metrics.brier_score_loss(yes, scores, labels=[False, True], **more),
        "atHalf": {
            **{each: all_labels[each] for each in wanted},
            "precision": metrics.precision_score(yes, predicted, **safe),
            "recall": metrics.recall_score(yes, predicted, **safe),
            "specificity": metrics.recall_score(~yes, ~predicted, **safe),
            "f1": metrics.f1_score(yes, predicted, **safe),
        },
    }


def several(truth, predicted, probabilities, weights=None):
    more = {"sample_weight": weights}
    labels = numpy.arange(probabilities.shape[1])
    precision, recall, f1, support = metrics.precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0, **more)
    area = lambda average: metrics.roc_auc_score(truth, probabilities, multi_class="ovr", average=average, labels=labels, **more)
    return {
        "metrics": {
            **over_classes(truth, predicted, weights),
            "logLoss": metrics.log_loss(truth, probabilities, labels=labels, **more),
            "aucMacro": area("macro"),
            "aucWeighted": area("weighted"),
            "top2Accuracy": metrics.top_k_accuracy_score(truth, probabilities, k=2, labels=labels, **more),
            "top3Accuracy": metrics.top_k_accuracy_score(truth, probabilities, k=3, labels=labels, **more),
        },
        "classes": [dict(zip(["precision", "recall", "f1", "support"], map(float, each))) for each in zip(precision, recall, f1, support)],
    }


def regression(truth, predicted, weights=None):
    more = {"sample_weight": weights}
    return {
        "metrics": {
            "mae": metrics.mean_absolute_error(truth, predicted, **more),
            "rmse": metrics.root_mean_squared_error(truth, predicted, **more),
            "r2": metrics.r2_score(truth, predicted, **more),
            "explainedVariance": metrics.explained_variance_score(truth, predicted, **more),
            "mape": metrics.mean_absolute_percentage_error(truth, predicted, **more),
            "medianAbsoluteError": metrics.median_absolute_error(truth, predicted, **more),
            "maximumError": metrics.max_error(truth, predicted),
        },
        "quantileLoss": {str(alpha): metrics.mean_pinball_loss(truth, predicted, alpha=alpha, **more) for alpha in (0.1, 0.5, 0.9)},
    }
