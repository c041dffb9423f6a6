"""Writes importance.reference.json beside this file: scikit-learn's permutation importance on the sample diamonds.csv. Run by hand in the virtual environment of the interop tests."""

import csv
import json
import pathlib

import numpy
import sklearn
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LinearRegression

HERE = pathlib.Path(__file__).parent
NAMES = ["carat", "depth", "table", "x"]
with open(HERE / "../../../pipelines/samples/data/diamonds.csv") as file:
    rows = list(csv.DictReader(file))
x = numpy.array([[float(row[name]) for name in NAMES] for row in rows])
y = numpy.array([float(row["price"]) for row in rows])
held = numpy.arange(len(rows)) % 4 == 3
model = LinearRegression().fit(x[~held], y[~held])
figures = {"origin": f"scikit-learn {sklearn.__version__}, by nodes/evaluate/permutation-feature-importance/reference.py", "repeats": 30}
for name, scoring in {"r2": "r2", "mae": "neg_mean_absolute_error"}.items():
    found = permutation_importance(model, x[held], y[held], scoring=scoring, n_repeats=30, random_state=0)
    figures[name] = {feature: {"mean": mean, "deviation": deviation} for feature, mean, deviation in zip(NAMES, found.importances_mean, found.importances_std)}
(HERE / "importance.reference.json").write_text(json.dumps(figures, indent=2) + "\n")
