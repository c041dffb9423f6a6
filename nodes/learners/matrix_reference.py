"""Writes matrix.reference.json beside this file: figures of scikit-learn on the sample breast-cancer.csv. Run by hand in the virtual environment of the interop tests."""

import csv
import json
import pathlib
import warnings

import numpy
import sklearn
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import OneClassSVM

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).parent
with open(HERE / "../../pipelines/samples/data/breast-cancer.csv") as file:
    rows = list(csv.DictReader(file))
names = [name for name in rows[0] if name not in ("Id", "Class")]
x = numpy.array([[float(row[name]) if row[name] else numpy.nan for name in names] for row in rows])
levels = sorted({row["Class"] for row in rows})
y = numpy.array([row["Class"] == levels[-1] for row in rows])
held = numpy.arange(len(rows)) % 4 == 3

network = make_pipeline(
    SimpleImputer(),
    StandardScaler(),
    MLPClassifier((100,), activation="logistic", solver="sgd", learning_rate_init=0.1, momentum=0, nesterovs_momentum=False, batch_size=32, max_iter=100, n_iter_no_change=1000, alpha=0, random_state=0),
).fit(x[~held], y[~held])
scaled = MinMaxScaler().fit_transform(SimpleImputer().fit_transform(x))
usual = x[~held & ~y]
prepare = make_pipeline(SimpleImputer(), StandardScaler()).fit(usual)
everything = prepare.transform(x)
pca = PCA(2).fit(prepare.transform(usual))
errors = ((everything - pca.inverse_transform(pca.transform(everything))) ** 2).sum(axis=1)
svm = OneClassSVM(nu=0.1, gamma=1 / len(names)).fit(prepare.transform(usual))
figures = {
    "origin": f"scikit-learn {sklearn.__version__}, by nodes/learners/matrix_reference.py",
    "split": "row index % 4 == 3 is held back; anomaly detection learns from the other rows of the first class and judges all rows",
    "networkAuc": roc_auc_score(y[held], network.predict_proba(x[held])[:, 1]),
    "inertia": KMeans(2, n_init=10, random_state=0).fit(scaled).inertia_,
    "pcaAuc": roc_auc_score(y, errors),
    "oneClassAuc": roc_auc_score(y, -svm.score_samples(everything)),
}
(HERE / "matrix.reference.json").write_text(json.dumps(figures, indent=2) + "\n")
