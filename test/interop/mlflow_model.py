"""Loads an MLflow model folder and predicts rows.

Usage: mlflow_model.py FOLDER < {"columns": {name: [values]}}. Prints {"probabilities": [...], "inputs": [...]} as JSON.
"""

import json
import sys

import mlflow.models
import mlflow.onnx
import numpy
import onnxruntime

folder = sys.argv[1]
columns = json.load(sys.stdin)["columns"]
onnx_model = mlflow.onnx.load_model(folder)
# The signature of the folder names the same columns as the graph.
names = [each.name for each in mlflow.models.get_model_info(folder).signature.inputs.inputs]
session = onnxruntime.InferenceSession(onnx_model.SerializeToString(), providers=["CPUExecutionProvider"])
feed = {name: numpy.array([numpy.nan if each is None else each for each in columns[name]], dtype=numpy.float32).reshape(-1, 1) for name in names}
[probabilities] = session.run(["Scored Probabilities"], feed)
print(json.dumps({"probabilities": probabilities.reshape(-1).tolist(), "inputs": [each.name for each in onnx_model.graph.input]}))
