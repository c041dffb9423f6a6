"""Fits scikit-learn's estimator that matches each learner, with the learner's own parameters, and scores the rows held back.

Usage: accuracy_reference.py < job.json; job = {"datasets": {name: {path, label, drop, blocks}}, "rows": [{learner, dataset, params, within, usual, seeds, measure}]}.
Of each dataset every `blocks`-th block of four rows counts; the last row of a block is held back. Missing cells are empty.
Prints {"rows": [{"scores": by seed, "estimator": name}], "versions": {...}} as JSON.
"""

import json
import multiprocessing
import os
import sys
import warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy
import sklearn
from accuracy_bayes import MixedBayes
from accuracy_data import Data
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans
from sklearn.compose import TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor, HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.ensemble import IsolationForest, RandomForestClassifier, RandomForestRegressor
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import LogisticRegression, PoissonRegressor, Ridge, SGDClassifier
from sklearn.metrics import accuracy_score, d2_absolute_error_score, d2_pinball_score, d2_tweedie_score, r2_score, roc_auc_score
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC, OneClassSVM

warnings.filterwarnings("ignore")


def boosted(kind, data, p):
    names = dict(max_leaf_nodes=p["leaves"], min_samples_leaf=p["minimumSamples"], learning_rate=p["learningRate"], max_iter=p["trees"])
    if "loss" in p:
        names["loss"] = {"squared": "squared_error", "absolute": "absolute_error"}.get(p["loss"], p["loss"])
        names["quantile"] = p["quantile"] if p["loss"] == "quantile" else None
    return kind(categorical_features=data.categories, l2_regularization=p["l2"], early_stopping=False, **names)


def forest(kind, data, p, seed):
    tried = {"sqrt": "sqrt", "third": 1 / 3, "all": 1.0}[p["columns"]]
    options = dict(max_depth=p["maximumDepth"] or None, min_samples_leaf=p["minimumSamples"], max_features=tried, bootstrap=p["resampling"] == "bagging")
    return make_pipeline(data.one_hot(), kind(n_estimators=p["trees"], random_state=seed, n_jobs=1, **options))


def network(kind, p, seed):
    options = dict(activation={"sigmoid": "logistic"}.get(p["activation"], p["activation"]), solver=p["optimizer"], learning_rate_init=p["learningRate"])
    passes = dict(batch_size=p["batch"], max_iter=p["iterations"], n_iter_no_change=p["iterations"] + 1, alpha=p["l2"], random_state=seed)
    return kind(hidden_layer_sizes=tuple(p["hiddenNodes"]), **options, **passes)


def logistic(p):
    return LogisticRegression(C=1 / p["l2"], tol=1e-6, max_iter=5000)


def support_vectors(data, p, seed):
    svm = LinearSVC(C=1 / (2 * p["lambda"] * len(data.target)), intercept_scaling=100, max_iter=20000, tol=1e-6, random_state=0)
    if p["kernel"] == "linear":
        return "LinearSVC", make_pipeline(data.standardised(), svm)
    waves = RBFSampler(gamma=p["gamma"] or 1 / data.width, n_components=p["components"], random_state=seed)
    return "RBFSampler + LinearSVC", make_pipeline(data.standardised(), waves, svm)


class Strangeness:
    """Higher is stranger: minus what scikit-learn's detector scores."""

    def __init__(self, detector):
        self.detector = detector

    def fit(self, rows, _target):
        self.detector.fit(rows)
        return self

    def decision_function(self, rows):
        return -self.detector.score_samples(rows)


class Reconstruction(BaseEstimator):
    """The squared distance from the plane of the first components."""

    def __init__(self, components):
        self.components = components

    def fit(self, rows, _target):
        self.pca_ = PCA(self.components).fit(rows)
        return self

    def decision_function(self, rows):
        return ((rows - self.pca_.inverse_transform(self.pca_.transform(rows))) ** 2).sum(axis=1)


def detector_of(learner, data, p, seed):
    if learner == "isolation-forest":
        return "IsolationForest", Strangeness(make_pipeline(data.one_hot(), IsolationForest(n_estimators=p["trees"], max_samples=p["samples"], random_state=seed)))
    if learner == "one-class-support-vector-machine":
        return "OneClassSVM", Strangeness(make_pipeline(data.standardised(), OneClassSVM(gamma=p["gamma"] or 1 / data.width, nu=p["nu"])))
    return "PCA", make_pipeline(data.standardised(), Reconstruction(p["components"]))


def model_of(learner, data, p, within, seed):
    """The estimator's name and the estimator with all before it."""
    if learner in ("one-vs-all-multiclass", "one-vs-one-multiclass"):
        kind = OneVsRestClassifier if "all" in learner else OneVsOneClassifier
        return f"{kind.__name__}(LogisticRegression)", make_pipeline(data.standardised(), kind(logistic(within["params"])))
    if "logistic-regression" in learner:
        return "LogisticRegression", make_pipeline(data.standardised(), logistic(p))
    if learner == "two-class-support-vector-machine":
        return support_vectors(data, p, seed)
    if learner == "two-class-averaged-perceptron":
        steps = dict(learning_rate="constant", eta0=p["learningRate"], max_iter=p["iterations"], tol=None, shuffle=p["shuffle"], random_state=seed)
        return "SGDClassifier", make_pipeline(data.standardised(), SGDClassifier(loss="perceptron", penalty=None, average=True, **steps))
    if "naive-bayes" in learner:
        return " + ".join((["GaussianNB"] if data.numbers else []) + (["CategoricalNB"] if data.categories else [])), MixedBayes(data, p)
    if "nearest-neighbours" in learner:
        kind = KNeighborsRegressor if learner.endswith("regression") else KNeighborsClassifier
        return kind.__name__, make_pipeline(data.standardised(), kind(p["neighbours"], weights=p["weighting"]))
    if learner == "linear-regression":
        return "Ridge", make_pipeline(data.standardised(), Ridge(alpha=p["l2"]))
    if learner == "poisson-regression":
        options = dict(alpha=p["l2"] / len(data.target), solver="newton-cholesky", max_iter=1000, tol=1e-8)
        return "PoissonRegressor", make_pipeline(data.standardised(), PoissonRegressor(**options))
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
    return detector_of(learner, data, p, seed)


def between_share(data, p, seed):
    """1 - squared distances from the nearest centre / squared distances from the mean of the training rows."""
    options = dict(n_init=p["starts"], init=p["seeding"], max_iter=p["iterations"], tol=0, random_state=seed)
    encode = data.ranged().fit(data.train)
    train, held = encode.transform(data.train), encode.transform(data.test)
    model = KMeans(p["clusters"], **options).fit(train)
    return 1 + model.score(held) / ((held - train.mean(axis=0)) ** 2).sum()


def score(row, seed):
    data, p, measure = datasets[row["dataset"]], row["params"], row["measure"]
    if measure == "clusters":
        return "KMeans", between_share(data, p, seed)
    name, model = model_of(row["learner"], data, p, row.get("within"), seed)
    learned = data.target != max(data.target) if row.get("usual") else slice(None)
    model.fit(data.train[learned], data.target[learned])
    if measure == "auc":
        given = model.decision_function(data.test) if hasattr(model, "decision_function") else model.predict_proba(data.test)[:, 1]
        return name, roc_auc_score(data.truth == sorted(set(data.target))[-1], given)
    found = model.predict(data.test)
    if measure == "quantile":
        return name, d2_pinball_score(data.truth, found, alpha=p["quantile"])
    if measure == "poisson":
        return name, d2_tweedie_score(data.truth, found, power=1)
    return name, {"accuracy": accuracy_score, "r2": r2_score, "absolute": d2_absolute_error_score}[measure](data.truth, found)


def scored(at):
    row, seed = at
    return score(job["rows"][row], seed)


job = json.load(sys.stdin)
datasets = {name: Data(**each) for name, each in job["datasets"].items()}
fits = [(at, seed) for at, row in enumerate(job["rows"]) for seed in row["seeds"]]
with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
    found = pool.map(scored, fits, chunksize=1)
rows = [{"scores": [], "estimator": ""} for _ in job["rows"]]
for (at, _), (name, value) in zip(fits, found):
    rows[at]["scores"].append(float(value))
    rows[at]["estimator"] = name
print(json.dumps({"rows": rows, "versions": {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__}}))
