"""Computes the reference figures in *.reference.json beside this file.

Run from the repository's root, with scikit-learn and pandas: python nodes/learners/reference.py
Rows whose index (from 0) leaves 3 when divided by 4 are held back. Numbers are float32, as the fitted graphs see them.
"""

import json
import pathlib

import numpy
import pandas
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn import metrics
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

ORIGIN = f"scikit-learn {sklearn.__version__}, nodes/learners/reference.py"
HERE = pathlib.Path(__file__).parent
DATA = HERE / "../../pipelines/samples/data"


def load(name, label, drop=()):
    frame = pandas.read_csv(DATA / f"{name}.csv", keep_default_na=False, na_values=[""]).drop(columns=list(drop))
    held = numpy.arange(len(frame)) % 4 == 3
    features = frame.drop(columns=[label])
    numbers = [each for each in features if pandas.api.types.is_numeric_dtype(features[each])]
    features[numbers] = features[numbers].astype(numpy.float32)
    categories = [each for each in features if each not in numbers]
    return features[~held], frame[label][~held], features[held], frame[label][held], numbers, categories


def encoder(numbers, categories, standardize, impute=True):
    one_hot = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    columns = ColumnTransformer([("number", SimpleImputer() if impute else "passthrough", numbers), ("category", one_hot, categories)])
    return make_pipeline(columns, StandardScaler()) if standardize else columns


def two_class(model, data):
    train, target, test, truth, *_ = data
    model.fit(train, target)
    positive = sorted(set(target))[1]
    score = model.predict_proba(test)[:, 1]
    yes = (truth == positive).to_numpy()
    return {
        "auc": metrics.roc_auc_score(yes, score),
        "accuracy": metrics.accuracy_score(yes, score >= 0.5),
        "logLoss": metrics.log_loss(yes, score),
        "rows": len(truth),
    }


def write(path, value):
    (HERE / path).write_text(json.dumps({"origin": ORIGIN, "split": "row index % 4 == 3 is held back", **value}, indent=2) + "\n")


for name, label, drop in [("telco-churn", "churn", ()), ("breast-cancer", "Class", ("Id",))]:
    data = load(name, label, drop)
    numbers, categories = data[4:]
    scaled = encoder(numbers, categories, True)
    ridge = make_pipeline(scaled, LogisticRegression(C=1.0, max_iter=5000, tol=1e-9))
    elastic = make_pipeline(scaled, LogisticRegression(C=0.5, l1_ratio=0.5, solver="saga", max_iter=20000, tol=1e-7))
    trees = make_pipeline(
        encoder(numbers, categories, False, impute=False),
        HistGradientBoostingClassifier(max_leaf_nodes=20, min_samples_leaf=10, learning_rate=0.2, max_iter=100, early_stopping=False),
    )
    result = {"ridge": two_class(ridge, data), "elastic": two_class(elastic, data), "boosted": two_class(trees, data)}
    result["ridge"]["coefficientNorm"] = float(numpy.abs(ridge[-1].coef_).sum())
    result["elastic"]["coefficientNorm"] = float(numpy.abs(elastic[-1].coef_).sum())
    write(f"{name}.reference.json", result)

data = load("diamonds", "price")
train, target, test, truth, numbers, categories = data
result = {}
for key, model in [("ridge", Ridge(alpha=0.001)), ("plain", LinearRegression())]:
    fitted = make_pipeline(encoder(numbers, categories, True), model).fit(train.astype({each: float for each in numbers}), target)
    predicted = fitted.predict(test.astype({each: float for each in numbers}))
    result[key] = {
        "r2": metrics.r2_score(truth, predicted),
        "mae": metrics.mean_absolute_error(truth, predicted),
        "rmse": metrics.root_mean_squared_error(truth, predicted),
        "rows": len(truth),
    }
write("diamonds.reference.json", result)
