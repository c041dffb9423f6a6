"""Predicts a data frame with an MLflow model folder, as `mlflow models serve` does.

Usage: mlflow_pyfunc.py FOLDER < {"rows": [{name: value}]}. Prints {"inputs": [...], "predictions": [{name: value}]} as JSON.
"""

import json
import sys

import mlflow.pyfunc
import pandas

model = mlflow.pyfunc.load_model(sys.argv[1])
inputs = model.metadata.signature.inputs.inputs
frame = pandas.DataFrame(json.load(sys.stdin)["rows"])
# Numbers, truths among them, are doubles with NaN for what is missing; texts have '' for it.
for each in inputs:
    frame[each.name] = frame[each.name].astype("float64") if each.type.name == "double" else frame[each.name].fillna("").astype(object)
predictions = model.predict(frame)
print(json.dumps({"inputs": [each.name for each in inputs], "predictions": predictions.to_dict("records")}))
