"""Loads an MLflow model folder and predicts rows.

Usage: mlflow_model.py FOLDER < {"columns": {name: [values]}}. Prints {"probabilities": [...], "inputs": [...]} as JSON.
"""

import json
import sys

import mlflow.onnx
import mlflow.pyfunc
import numpy
import pandas

folder = sys.argv[1]
columns = json.load(sys.stdin)["columns"]
onnx_model = mlflow.onnx.load_model(folder)
model = mlflow.pyfunc.load_model(folder)
frame = pandas.DataFrame({name: [numpy.nan if each is None else each for each in values] for name, values in columns.items()})
for each in model.metadata.get_input_schema().inputs:
    if each.type.name == "double":
        frame[each.name] = frame[each.name].astype("float64")
predicted = model.predict(frame)
probabilities = numpy.asarray(predicted["Scored Probabilities"]).reshape(-1).tolist()
print(json.dumps({"probabilities": probabilities, "inputs": [each.name for each in onnx_model.graph.input]}))
