"""Writes clustering.reference.json beside this file: figures of scikit-learn for random rows. Run by hand in the virtual environment of the interop tests."""

import json
import pathlib

import numpy
import sklearn
from sklearn import metrics

random = numpy.random.default_rng(5)
rows = numpy.round(numpy.concatenate([random.normal(centre, spread, (count, 3)) for centre, spread, count in [(0, 1, 20), (4, 0.7, 15), (-3, 1.5, 9)]]), 3)
clusters = numpy.repeat([0, 1, 2], [20, 15, 9])
figures = {
    "origin": f"scikit-learn {sklearn.__version__}, by nodes/evaluate/metrics/clustering_reference.py",
    "width": 3,
    "matrix": rows.ravel().tolist(),
    "clusters": clusters.tolist(),
    "daviesBouldin": metrics.davies_bouldin_score(rows, clusters),
    "calinskiHarabasz": metrics.calinski_harabasz_score(rows, clusters),
    "silhouette": metrics.silhouette_score(rows, clusters),
}
(pathlib.Path(__file__).parent / "clustering.reference.json").write_text(json.dumps(figures) + "\n")
