"""Fits scikit-learn's estimator that matches each learner, with the learner's own parameters, and scores the rows held back.

Usage: accuracy_reference.py < job.json; job = {"datasets": {name: {path, label, drop, blocks}}, "rows": [{learner, dataset, params, seeds}]}.
Of each dataset every `blocks`-th block of four rows counts; the last row of a block is held back. Missing cells are empty.
Prints {"rows": [{"score": mean over the seeds of AUC, accuracy or R², "estimator": name}], "versions": {...}} as JSON.
"""

import csv
import json
import os
import sys
import warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy
import sklearn
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, PoissonRegressor, Ridge
from sklearn.metrics import accuracy_score, r2_score, roc_auc_score
from sklearn.naive_bayes import CategoricalNB, GaussianNB
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

warnings.filterwarnings("ignore")


def is_number(cells):
    try:
        return any(cells) and all(cell == "" or float(cell) == float(cell) for cell in cells)
    except ValueError:
        return False


class Data:
    """`train` and `test` hold numbers first, then the codes of categories; a missing value and a level unknown in training are NaN."""

    def __init__(self, path, label, drop, blocks):
        with open(path, newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        kept = [(index % 4 == 3, row) for index, row in enumerate(rows) if index // 4 % blocks == 0 and row[header.index(label)] != ""]
        held = numpy.array([each for each, _ in kept])
        columns = {name: [row[at] for _, row in kept] for at, name in enumerate(header) if name not in (label, *drop)}
        target = [row[header.index(label)] for _, row in kept]
        numbers = [name for name in columns if is_number(columns[name])]
        categories = [name for name in columns if name not in numbers]
        number = lambda cell: numpy.nan if cell == "" else float(numpy.float32(cell))
        out = numpy.empty((len(kept), len(columns)))
        self.level_counts = []
        for at, name in enumerate(numbers + categories):
            if name in numbers:
                out[:, at] = [number(cell) for cell in columns[name]]
                continue
            levels = sorted({cell for cell, away in zip(columns[name], held) if cell != "" and not away})
            places = {level: place for place, level in enumerate(levels)}
            out[:, at] = [places.get(cell, numpy.nan) for cell in columns[name]]
            self.level_counts.append(len(levels))
        self.train, self.test = out[~held], out[held]
        self.number_count = len(numbers)
        self.numbers = list(range(len(numbers)))
        self.categories = list(range(len(numbers), len(columns)))
        self.numeric_target = is_number(target)
        values = numpy.array([float(numpy.float32(cell)) for cell in target]) if self.numeric_target else numpy.array(target)
        self.target, self.truth = values[~held], values[held]

    def one_hot(self, number=None):
        """Means for missing numbers; one column per level, none of them for a missing or unknown one."""
        levels = [numpy.arange(count, dtype=float) for count in self.level_counts]
        indicators = OneHotEncoder(categories=levels, handle_unknown="ignore", sparse_output=False)
        return ColumnTransformer([("number", number or SimpleImputer(), self.numbers), ("category", indicators, self.categories)])

    def standardised(self):
        return make_pipeline(self.one_hot(), StandardScaler())


class MixedBayes:
    """GaussianNB of the numbers and CategoricalNB of the categories: both are logarithms that add, and the prior counts once."""

    def __init__(self, data, params):
        self.split = data.number_count
        self.gauss = GaussianNB(var_smoothing=params["smoothing"]) if data.number_count else None
        self.level = CategoricalNB(alpha=params["pseudoCount"], min_categories=[each + 1 for each in data.level_counts]) if data.categories else None
        self.imputer = SimpleImputer()
        self.counts = data.level_counts

    def codes(self, rows):
        codes = rows[:, self.split :]
        # A missing category is a level of its own, for which CategoricalNB knows no other way.
        return numpy.where(numpy.isnan(codes), self.counts, codes).astype(int)

    def fit(self, rows, target):
        if self.gauss:
            self.gauss.fit(self.imputer.fit_transform(rows[:, : self.split]), target)
        if self.level:
            self.level.fit(self.codes(rows), target)
        self.classes_ = (self.gauss or self.level).classes_
        return self

    def decision(self, rows):
        total = 0
        if self.gauss:
            total = total + self.gauss.predict_joint_log_proba(self.imputer.transform(rows[:, : self.split]))
        if self.level:
            total = total + self.level.predict_joint_log_proba(self.codes(rows))
        if self.gauss and self.level:
            total = total - self.level.class_log_prior_
        return total

    def predict_proba(self, rows):
        total = self.decision(rows)
        return numpy.exp(total - numpy.logaddexp.reduce(total, axis=1, keepdims=True))

    def predict(self, rows):
        return self.classes_[self.decision(rows).argmax(axis=1)]


def boosted(kind, data, p):
    names = dict(max_leaf_nodes=p["leaves"], min_samples_leaf=p["minimumSamples"], learning_rate=p["learningRate"], max_iter=p["trees"])
    model = kind(categorical_features=data.categories, l2_regularization=p["l2"], early_stopping=False, **names)
    return model


def forest(kind, data, p, seed):
    tried = {"sqrt": "sqrt", "third": 1 / 3, "all": 1.0}[p["columns"]]
    options = dict(max_depth=p["maximumDepth"] or None, min_samples_leaf=p["minimumSamples"], max_features=tried, bootstrap=p["resampling"] == "bagging")
    return make_pipeline(data.one_hot(), kind(n_estimators=p["trees"], random_state=seed, n_jobs=1, **options))


def network(kind, p, seed):
    options = dict(activation={"sigmoid": "logistic"}.get(p["activation"], p["activation"]), solver=p["optimizer"], learning_rate_init=p["learningRate"])
    passes = dict(batch_size=p["batch"], max_iter=p["iterations"], n_iter_no_change=p["iterations"] + 1, alpha=p["l2"], random_state=seed)
    return kind(hidden_layer_sizes=tuple(p["hiddenNodes"]), **options, **passes)


def model_of(learner, data, p, seed):
    """The estimator's name and the estimator with all before it."""
    rows = len(data.target)
    if "logistic-regression" in learner:
        return "LogisticRegression", make_pipeline(data.standardised(), LogisticRegression(C=1 / p["l2"], tol=1e-6, max_iter=5000))
    if learner == "two-class-support-vector-machine":
        svm = LinearSVC(C=1 / (2 * p["lambda"] * rows), intercept_scaling=100, max_iter=20000, tol=1e-6, random_state=0)
        return "LinearSVC", make_pipeline(data.standardised(), svm)
    if "naive-bayes" in learner:
        return " + ".join((["GaussianNB"] if data.numbers else []) + (["CategoricalNB"] if data.categories else [])), MixedBayes(data, p)
    if learner == "linear-regression":
        return "Ridge", make_pipeline(data.standardised(), Ridge(alpha=p["l2"]))
    if learner == "poisson-regression":
        return "PoissonRegressor", make_pipeline(data.standardised(), PoissonRegressor(alpha=p["l2"] / rows, solver="newton-cholesky", max_iter=1000, tol=1e-8))
    regression = learner.endswith("regression")
    if "boosted" in learner:
        kind = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
        return kind.__name__, boosted(kind, data, p)
    if "decision-forest" in learner:
        kind = RandomForestRegressor if regression else RandomForestClassifier
        return kind.__name__, forest(kind, data, p, seed)
    if "extremely-randomised" in learner:
        kind = ExtraTreesRegressor if regression else ExtraTreesClassifier
        return kind.__name__, forest(kind, data, p, seed)
    if "neural-network" in learner:
        if not regression:
            return "MLPClassifier", make_pipeline(data.standardised(), network(MLPClassifier, p, seed))
        # On the standardised label, as this project's network; scikit-learn's loss is half the squared error, and so is ours.
        return "MLPRegressor", make_pipeline(data.standardised(), TransformedTargetRegressor(network(MLPRegressor, p, seed), transformer=StandardScaler()))
    raise ValueError(f"No estimator is known for {learner}.")


def score(learner, data, p, seed):
    name, model = model_of(learner, data, p, seed)
    model.fit(data.train, data.target)
    if learner.endswith("-regression") and "logistic" not in learner:
        return name, r2_score(data.truth, model.predict(data.test))
    if learner.startswith("two-class"):
        given = model.decision_function(data.test) if hasattr(model, "decision_function") else model.predict_proba(data.test)[:, 1]
        return name, roc_auc_score(data.truth == sorted(set(data.target))[1], given)
    return name, accuracy_score(data.truth, model.predict(data.test))


job = json.load(sys.stdin)
datasets = {name: Data(**each) for name, each in job["datasets"].items()}
rows = []
for row in job["rows"]:
    found = [score(row["learner"], datasets[row["dataset"]], row["params"], seed) for seed in row["seeds"]]
    rows.append({"score": float(numpy.mean([each for _, each in found])), "estimator": found[0][0]})
print(json.dumps({"rows": rows, "versions": {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__}}))
