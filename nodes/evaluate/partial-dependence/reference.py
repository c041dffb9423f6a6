"""Writes dependence.reference.json beside this file: scikit-learn's partial dependence of a known formula on random rows. Run by hand in the virtual environment of the interop tests."""

import json
import math
import pathlib

import numpy
import sklearn
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.inspection import partial_dependence

POINTS = 12


class Formula(RegressorMixin, BaseEstimator):
    """x z + z²"""

    def fit(self, rows, target):
        self.fitted_ = True
        return self

    def predict(self, rows):
        return rows[:, 0] * rows[:, 1] + rows[:, 1] ** 2


random = numpy.random.default_rng(4)
rows = numpy.stack([numpy.round(random.normal(2, 3, 150), 2), numpy.floor(random.exponential(3, 150))], axis=1)
model = Formula().fit(rows, rows[:, 0])
figures = {"origin": f"scikit-learn {sklearn.__version__}, by nodes/evaluate/partial-dependence/reference.py", "points": POINTS, "rows": rows.tolist(), "curves": []}
for column in (0, 1):
    values = numpy.unique(rows[:, column])
    if len(values) > POINTS:
        ordered = numpy.sort(rows[:, column])
        shares = [0.05 + 0.9 * step / (POINTS - 1) for step in range(POINTS)]
        values = numpy.unique([ordered[math.ceil(share * len(ordered) - 1e-9) - 1] for share in shares])
    found = partial_dependence(model, rows, [column], custom_values={column: values}, kind="both", method="brute")
    figures["curves"].append({"grid": values.tolist(), "mean": found["average"][0].tolist(), "rows": found["individual"][0].tolist()})
(pathlib.Path(__file__).parent / "dependence.reference.json").write_text(json.dumps(figures) + "\n")
