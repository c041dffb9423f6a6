"""Computes linear.reference.json: what scikit-learn reaches with the estimators that match this project's linear models, neighbours and Bayes.

Run from the repository's root, with scikit-learn and pandas: python nodes/learners/linear_reference.py
Rows whose index (from 0) leaves 3 when divided by 4 are held back. Numbers are float32, as the fitted graphs see them.
"""

import json
import pathlib

import numpy
import pandas
import sklearn
from sklearn import metrics
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.kernel_approximation import RBFSampler
from sklearn.linear_model import ElasticNet, LogisticRegression, PoissonRegressor, SGDClassifier
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import LinearSVC

HERE = pathlib.Path(__file__).parent


def load(name, label, drop=()):
    frame = pandas.read_csv(HERE / f"../../pipelines/samples/data/{name}.csv", keep_default_na=False, na_values=[""]).drop(columns=list(drop))
    held = numpy.arange(len(frame)) % 4 == 3
    features = frame.drop(columns=[label])
    numbers = [each for each in features if pandas.api.types.is_numeric_dtype(features[each])]
    features[numbers] = features[numbers].astype(numpy.float32)
    categories = [each for each in features if each not in numbers]
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    encode = lambda: make_pipeline(ColumnTransformer([("number", SimpleImputer(), numbers), ("category", one_hot, categories)]), StandardScaler())
    return features[~held], frame[label][~held], features[held], frame[label][held], encode


def classify(model, data):
    train, target, test, truth, encode = data
    model = make_pipeline(encode(), model).fit(train, target)
    result = {"accuracy": metrics.accuracy_score(truth, model.predict(test)), "rows": len(truth)}
    if hasattr(model, "predict_proba"):
        result["logLoss"] = metrics.log_loss(truth, model.predict_proba(test), labels=model.classes_)
    if len(model.classes_) == 2:
        score = model.decision_function(test) if hasattr(model, "decision_function") else model.predict_proba(test)[:, 1]
        result["auc"] = metrics.roc_auc_score(truth == model.classes_[1], score)
    return result


def regress(model, data):
    train, target, test, truth, encode = data
    predicted = make_pipeline(encode(), model).fit(train, target).predict(test)
    result = {"r2": metrics.r2_score(truth, predicted), "mae": metrics.mean_absolute_error(truth, predicted), "rows": len(truth)}
    if (predicted > 0).all():
        result["poissonDeviance"] = metrics.mean_poisson_deviance(truth, predicted)
    return result


telco = load("telco-churn", "churn")
cancer = load("breast-cancer", "Class", ("Id",))
cut = load("diamonds", "cut")
price = load("diamonds", "price")
rows = lambda data: len(data[1])
svm = lambda data: LinearSVC(C=1 / (2 * 0.001 * rows(data)), intercept_scaling=100, max_iter=20000, tol=1e-8)
perceptron = lambda: SGDClassifier(loss="perceptron", penalty=None, learning_rate="constant", eta0=1.0, max_iter=10, tol=None, average=True, random_state=0)
logistic = lambda: LogisticRegression(C=1.0, max_iter=5000, tol=1e-9)
curved = make_pipeline(RBFSampler(gamma=1 / 45, n_components=500, random_state=0), LinearSVC(C=1 / (2 * 0.001 * rows(telco)), max_iter=20000))
result = {
    "multiclassLogistic": classify(logistic(), cut),
    "oneVsAll": classify(OneVsRestClassifier(logistic()), cut),
    "oneVsOne": classify(OneVsOneClassifier(logistic()), cut),
    "poisson": regress(PoissonRegressor(alpha=1.0 / rows(price), max_iter=10000, tol=1e-8), price),
    "elastic": regress(ElasticNet(alpha=50 / rows(price), l1_ratio=0.4, max_iter=100000, tol=1e-10), price),
    "supportVector": {"telco": classify(svm(telco), telco), "cancer": classify(svm(cancer), cancer)},
    "curvedSupportVector": classify(curved, telco),
    "averagedPerceptron": {"telco": classify(perceptron(), telco), "cancer": classify(perceptron(), cancer)},
    "multiclassPerceptron": classify(perceptron(), cut),
    "gaussianBayes": classify(GaussianNB(var_smoothing=1e-9), cancer),
    "neighbours": {"cut": classify(KNeighborsClassifier(5), cut), "cancer": classify(KNeighborsClassifier(5), cancer)},
    "neighboursRegression": regress(KNeighborsRegressor(5), price),
}
origin = f"scikit-learn {sklearn.__version__}, nodes/learners/linear_reference.py"
text = json.dumps({"origin": origin, "split": "row index % 4 == 3 is held back", **result}, indent=2)
(HERE / "linear.reference.json").write_text(text + "\n")
