"""Fits scikit-learn's matching estimator on the rows that a run trained on and scores the rows that it held back.

Usage: reference.py LEARNER LABEL TRAIN.csv TEST.csv; prints {"auc": …, "accuracy": …} or {"r2": …, "mae": …} as JSON.
"""

import csv
import json
import sys

import numpy
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, mean_absolute_error, r2_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

learner, label, train_path, test_path = sys.argv[1:5]


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return rows[0], rows[1:]


def is_number(values):
    try:
        for value in values:
            if value != "":
                float(value)
        return True
    except ValueError:
        return False


header, train_rows = read(train_path)
test_header, test_rows = read(test_path)
at = {name: index for index, name in enumerate(header)}
assert test_header[: len(header)] == header, (header, test_header)
features = [name for name in header if name != label]
numeric = [name for name in features if is_number([row[at[name]] for row in train_rows])]
category = [name for name in features if name not in numeric]


def matrix(rows):
    out = numpy.empty((len(rows), len(features)), dtype=object)
    for column, name in enumerate(features):
        for index, row in enumerate(rows):
            value = row[at[name]]
            out[index, column] = (numpy.nan if value == "" else float(value)) if name in numeric else value
    return out


numeric_at = [features.index(name) for name in numeric]
category_at = [features.index(name) for name in category]
one_hot = ("category", OneHotEncoder(handle_unknown="ignore", sparse_output=False), category_at)
target = [row[at[label]] for row in train_rows]
truth = [row[at[label]] for row in test_rows]

if learner == "linear-regression":
    model = make_pipeline(ColumnTransformer([("number", make_pipeline(SimpleImputer(), StandardScaler()), numeric_at), one_hot]), Ridge(alpha=0.001))
    model.fit(matrix(train_rows), numpy.array(target, dtype=float))
    predicted = model.predict(matrix(test_rows))
    actual = numpy.array(truth, dtype=float)
    print(json.dumps({"r2": r2_score(actual, predicted), "mae": mean_absolute_error(actual, predicted)}))
else:
    if learner == "two-class-logistic-regression":
        model = make_pipeline(
            ColumnTransformer([("number", make_pipeline(SimpleImputer(), StandardScaler()), numeric_at), one_hot]),
            LogisticRegression(C=1.0, max_iter=1000),
        )
    else:
        model = make_pipeline(
            ColumnTransformer([("number", "passthrough", numeric_at), one_hot]),
            HistGradientBoostingClassifier(max_leaf_nodes=20, min_samples_leaf=10, learning_rate=0.2, max_iter=100, early_stopping=False),
        )
    model.fit(matrix(train_rows), target)
    positive = sorted(set(target))[1]
    probability = model.predict_proba(matrix(test_rows))[:, list(model.classes_).index(positive)]
    predicted = numpy.where(probability >= 0.5, positive, sorted(set(target))[0])
    print(json.dumps({"auc": roc_auc_score([value == positive for value in truth], probability), "accuracy": accuracy_score(truth, predicted)}))
