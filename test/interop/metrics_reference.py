"""scikit-learn's figures for tables of predictions.

Usage: metrics_reference.py < job.json; job = {"twoClass": [{positive, scores, weights}], "multiclass": [{truth, predicted, probabilities, weights}],
"regression": [{truth, predicted, weights}], "ranking": [{relevance, scores, weights, top}], "clustering": [{rows, clusters}]}; weights may be null.
Prints lists of figures under the same names; null where scikit-learn gives NaN.
"""

import json
import math
import pathlib
import sys
import warnings

sys.path.append(str(pathlib.Path(__file__).parents[2] / "nodes" / "evaluate" / "metrics"))

import numpy
from scikit_figures import regression, several, two_class
from sklearn import metrics
from sklearn.calibration import calibration_curve

warnings.filterwarnings("ignore")
array = lambda values: None if values is None else numpy.array(values, dtype=float)


def two(positive, scores, weights):
    yes, scores = numpy.array(positive, dtype=bool), array(scores)
    figures = two_class(yes, scores, array(weights))
    share, predicted = calibration_curve(yes, scores, n_bins=10)
    return {**figures, "calibration": {"positive": share.tolist(), "predicted": predicted.tolist()}}


def classes(truth, predicted, probabilities, weights):
    return several(numpy.array(truth), numpy.array(predicted), array(probabilities).T, array(weights))


def numbers(truth, predicted, weights):
    return regression(array(truth), array(predicted), array(weights))


def lists(relevance, scores, weights, top):
    return {"ndcg": metrics.ndcg_score(array(relevance), array(scores), k=top, sample_weight=array(weights))}


def clusters(rows, clusters):
    rows = array(rows)
    return {
        "silhouettes": metrics.silhouette_samples(rows, clusters).tolist(),
        "daviesBouldin": metrics.davies_bouldin_score(rows, clusters),
        "calinskiHarabasz": metrics.calinski_harabasz_score(rows, clusters),
    }


def plain(value):
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return None if math.isnan(value) else float(value)


job = json.load(sys.stdin)
ways = {"twoClass": two, "multiclass": classes, "regression": numbers, "ranking": lists, "clustering": clusters}
print(json.dumps({name: [plain(way(**table)) for table in job[name]] for name, way in ways.items()}))
