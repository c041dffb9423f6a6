"""Computes the reference figures in metrics.reference.json beside this file.

Run from the repository's root, with scikit-learn: python nodes/evaluate/metrics/reference.py
"""

import json
import pathlib

import numpy
import sklearn
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.decomposition import PCA

HERE = pathlib.Path(__file__).parent
random = numpy.random.default_rng(4)


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
    predicted = scores >= 0.5
    all_labels = over_classes(yes, predicted, weights)
    wanted = ["accuracy", "balancedAccuracy", "f1Macro", "f1Weighted", "matthewsCorrelation", "cohensKappa"]
    return {
        "auc": metrics.roc_auc_score(yes, scores, **more),
        "averagePrecision": metrics.average_precision_score(yes, scores, **more),
        "logLoss": metrics.log_loss(yes, scores, **more),
        "brier": metrics.brier_score_loss(yes, scores, **more),
        "atHalf": {
            **{each: all_labels[each] for each in wanted},
            "precision": metrics.precision_score(yes, predicted, **more),
            "recall": metrics.recall_score(yes, predicted, **more),
            "specificity": metrics.recall_score(yes, predicted, pos_label=0, **more),
            "f1": metrics.f1_score(yes, predicted, **more),
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


yes = random.random(200) < 0.35
scores = numpy.round(numpy.clip(0.35 + 0.25 * yes + random.normal(0, 0.22, 200), 0.01, 0.99), 2)
scores[:4] = [0, 1, 0, 1]
row_weights = numpy.round(random.uniform(0.2, 3, 200), 2)
share, predicted_mean = calibration_curve(yes, scores, n_bins=10)

levels = 5
classes = random.integers(0, levels, 150)
probabilities = random.random((150, levels)).round(1) + 0.9 * (numpy.arange(levels) == classes[:, None]) * (random.random((150, 1)) < 0.7)
probabilities = (probabilities + 0.01) / (probabilities + 0.01).sum(1, keepdims=True)
guessed = probabilities[:, :4].argmax(1)
class_weights = numpy.round(random.uniform(0.2, 3, 150), 2)

truth = numpy.round(random.normal(50, 20, 61), 3)
truth[5] = 0
predicted = numpy.round(truth + random.normal(2, 9, 61), 3)
number_weights = numpy.round(random.uniform(0.2, 3, 61), 2)

relevance = random.integers(0, 4, (8, 12)).astype(float)
relevance[3] = 0
ranks = random.integers(0, 6, (8, 12)).astype(float)
list_weights = numpy.round(random.uniform(0.2, 3, 8), 2)

places = numpy.round(random.normal(0, 1, (40, 3)) + 3 * random.integers(0, 2, (40, 1)), 3)
clusters = (places[:, 0] > 1.5).astype(int)
clusters[7] = 2

reference = {
    "origin": f"scikit-learn {sklearn.__version__}, nodes/evaluate/metrics/reference.py",
    "twoClass": {
        "positive": yes.astype(int).tolist(),
        "scores": scores.tolist(),
        "weights": row_weights.tolist(),
        "plain": two_class(yes, scores),
        "weighted": two_class(yes, scores, row_weights),
        "calibration": {"positive": share.tolist(), "predicted": predicted_mean.tolist()},
    },
    "multiclass": {
        "truth": classes.tolist(),
        "predicted": guessed.tolist(),
        "probabilities": probabilities.T.tolist(),
        "weights": class_weights.tolist(),
        "plain": several(classes, guessed, probabilities),
        "weighted": several(classes, guessed, probabilities, class_weights),
    },
    "regression": {
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "weights": number_weights.tolist(),
        "plain": regression(truth, predicted),
        "weighted": regression(truth, predicted, number_weights),
    },
    "ranking": {
        "relevance": relevance.tolist(),
        "scores": ranks.tolist(),
        "weights": list_weights.tolist(),
        "ndcg": metrics.ndcg_score(relevance, ranks),
        "ndcgAt5": metrics.ndcg_score(relevance, ranks, k=5),
        "weighted": metrics.ndcg_score(relevance, ranks, sample_weight=list_weights),
    },
    "clustering": {
        "rows": places.tolist(),
        "clusters": clusters.tolist(),
        "silhouettes": metrics.silhouette_samples(places, clusters).tolist(),
        "explained": PCA(2).fit(places).explained_variance_ratio_.tolist(),
        "projection": numpy.abs(PCA(2).fit_transform(places)).tolist(),
    },
}
(HERE / "metrics.reference.json").write_text(json.dumps(reference, indent=1) + "\n")
