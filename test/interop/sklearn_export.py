"""Trains a small model, writes it with skl2onnx, and tells what scikit-learn predicts.

Usage: sklearn_export.py logistic|forest|regression|columns FILE. Prints {"rows", "labels", "scores"} as JSON.
"""

import json
import sys

import numpy
import pandas
from skl2onnx import to_onnx
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

kind, path = sys.argv[1:]
random = numpy.random.default_rng(7)
x = random.normal(size=(300, 3)).astype(numpy.float32)
y = (x[:, 0] + 0.5 * x[:, 1] > 0).astype(numpy.int64)
test = x[:10]
rows = None
if kind == "columns":
    frame = pandas.DataFrame({"age": x[:, 0], "city": numpy.where(x[:, 1] > 0, "Oslo", "Rome")})
    model = make_pipeline(ColumnTransformer([("n", StandardScaler(), ["age"]), ("c", OneHotEncoder(), ["city"])]), LogisticRegression()).fit(frame, y)
    onnx = to_onnx(model, frame[:1], target_opset={"": 18, "ai.onnx.ml": 3})
    test = frame[:10]
    rows = [{"age": float(a), "city": c} for a, c in zip(test["age"], test["city"])]
elif kind == "regression":
    model = RandomForestRegressor(n_estimators=10, random_state=0).fit(x, 10 * x[:, 0] + x[:, 2])
    onnx = to_onnx(model, x[:1], target_opset={"": 15, "ai.onnx.ml": 3})
elif kind == "forest":
    model = RandomForestClassifier(n_estimators=10, random_state=0).fit(x, numpy.where(y == 1, "yes", "no"))
    onnx = to_onnx(model, x[:1], target_opset={"": 12, "ai.onnx.ml": 2})
else:
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y)
    onnx = to_onnx(model, x[:1], target_opset={"": 18, "ai.onnx.ml": 3})
with open(path, "wb") as file:
    file.write(onnx.SerializeToString())
predicted = model.predict(test)
scores = predicted if kind == "regression" else model.predict_proba(test)[:, 1]
rows = rows or [{f"X_{at + 1}": float(value) for at, value in enumerate(row)} for row in x[:10]]
print(json.dumps({"rows": rows, "labels": [str(each) for each in predicted.tolist()], "scores": [float(each) for each in scores]}))
