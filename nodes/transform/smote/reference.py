"""Writes neighbours.reference.json beside this file: neighbours that scikit-learn finds in random rows with numbers and categories. Run by hand in the virtual environment of the interop tests."""

import json
import pathlib

import numpy
import sklearn
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import OneHotEncoder, StandardScaler

random = numpy.random.default_rng(3)
numbers = numpy.round(random.normal(size=(120, 3)) * [1, 50, 0.01], 4)
levels = random.integers(0, 3, (120, 2))
# A level that differs counts 1: as indicators both change, so each of them is sqrt(1/2).
encoded = numpy.hstack([StandardScaler().fit_transform(numbers), OneHotEncoder(sparse_output=False).fit_transform(levels) * numpy.sqrt(0.5)])
found = NearestNeighbors(n_neighbors=6).fit(encoded).kneighbors(encoded, return_distance=False)
figures = {"origin": f"scikit-learn {sklearn.__version__}, by nodes/transform/smote/reference.py", "numbers": numbers.tolist(), "levels": levels.tolist(), "neighbours": found[:, 1:].tolist()}
(pathlib.Path(__file__).parent / "neighbours.reference.json").write_text(json.dumps(figures) + "\n")
