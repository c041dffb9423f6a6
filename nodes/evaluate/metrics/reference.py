"""Computes the reference figures in metrics.reference.json beside this file.

Run from the repository's root, with scikit-learn: python nodes/evaluate/metrics/reference.py
"""

import json
import pathlib

import numpy
import sklearn
from scikit_figures import regression, several, two_class
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.decomposition import PCA

HERE = pathlib.Path(__file__).parent
random = numpy.random.default_rng(4)

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
