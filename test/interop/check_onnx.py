"""Checks ONNX files with onnx.checker and scores rows with onnxruntime.

Usage: check_onnx.py MODEL < rows.json; rows.json = {"columns": {name: [values]}} with null for missing.
Prints {"outputs": {name: [values]}, "signature": {...}} as JSON.
Without MODEL: {"rows": {key: columns}, "models": [{"path": …, "rows": key}]} gives {"models": [the same with "metadata" and "producer", …], "versions": {...}}.
"""

import json
import sys

import numpy
import onnx
import onnxruntime


def check(path, columns):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    metadata = {each.key: each.value for each in model.metadata_props}
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    feed = {}
    for each in session.get_inputs():
        values = columns[each.name]
        if each.type == "tensor(string)":
            array = numpy.array(["" if value is None else str(value) for value in values], dtype=object)
        else:
            array = numpy.array([numpy.nan if value is None else float(value) for value in values], dtype=numpy.float32)
        feed[each.name] = array.reshape(-1, 1)
    # By position: an output that replaces an input of the same name cannot bear that name in the graph.
    signature = json.loads(metadata["modelwright.signature"])
    outputs = {}
    for each, array in zip(signature["outputs"], session.run(None, feed)):
        values = array.reshape(-1).tolist()
        outputs[each["name"]] = [None if isinstance(value, float) and value != value else value for value in values]
    return {"outputs": outputs, "signature": signature}, sorted(metadata), model.producer_name


if len(sys.argv) > 1:
    print(json.dumps(check(sys.argv[1], json.load(sys.stdin)["columns"])[0]))
else:
    job = json.load(sys.stdin)
    checked = []
    for each in job["models"]:
        result, metadata, producer = check(each["path"], job["rows"][each["rows"]])
        checked.append({**result, "metadata": metadata, "producer": producer})
    print(json.dumps({"models": checked, "versions": {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__}}))
