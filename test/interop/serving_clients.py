"""Other people's clients against an endpoint: what each gives for the same rows, as one JSON object.

Arguments: address of the server, name of the endpoint, its key. Standard input: {"rows": [{...}], "text": [names of columns of texts]}.
"""

import json
import sys
from functools import partial

import numpy as np
import pandas as pd
import requests
import tritonclient.http as triton
from mlflow.pyfunc.scoring_server.client import ScoringServerClient
from mlserver.codecs import NumpyCodec, PandasCodec, StringCodec
from mlserver.types import InferenceRequest, InferenceResponse
from tritonclient.utils import InferenceServerException

url, name, key = sys.argv[1:4]
given = json.load(sys.stdin)
frame = pd.DataFrame(given["rows"])
texts = given["text"]
# Copied for each call: tritonclient writes the length of its JSON into the headers that it is given.
authorization = {"Authorization": f"Bearer {key}"}
results = {}


def plain(value):
    if isinstance(value, bytes):
        return value.decode()
    return value.item() if isinstance(value, np.generic) else value


def of_triton(answer, model):
    columns = {output["name"]: answer.as_numpy(output["name"]).reshape(-1) for output in model["outputs"]}
    return [{column: plain(values[row]) for column, values in columns.items()} for row in range(len(frame))]


def with_triton(base, binary, packed=None):
    client = triton.InferenceServerClient(base)
    assert client.is_server_live(headers=dict(authorization)) and client.is_server_ready(headers=dict(authorization))
    assert client.is_model_ready(name, headers=dict(authorization))
    model = client.get_model_metadata(name, headers=dict(authorization))
    inputs = []
    for column in model["inputs"]:
        values = frame[column["name"]]
        if column["name"] in texts:
            array = np.array([[text.encode()] for text in values], dtype=object)
        else:
            array = values.to_numpy(dtype="float32").reshape(-1, 1)
        tensor = triton.InferInput(column["name"], array.shape, column["datatype"])
        tensor.set_data_from_numpy(array, binary_data=binary)
        inputs.append(tensor)
    outputs = [triton.InferRequestedOutput(output["name"], binary_data=binary) for output in model["outputs"]]
    options = {"request_compression_algorithm": packed, "response_compression_algorithm": packed}
    named = of_triton(client.infer(name, inputs, outputs=outputs, request_id="7", headers=dict(authorization), **options), model)
    answer = client.infer(name, inputs, headers=dict(authorization))
    assert answer.get_response()["model_name"] == name
    assert of_triton(answer, model) == named
    return named


server = url.removeprefix("http://")
results["triton, binary"] = with_triton(server, True)
results["triton, JSON"] = with_triton(server, False)
results["triton, gzip"] = with_triton(server, True, "gzip")
results["triton, deflate"] = with_triton(f"{server}/endpoints/{name}", True, "deflate")

client = triton.InferenceServerClient(server)
statistics = client.get_inference_statistics(name, headers=dict(authorization))["model_stats"][0]
assert statistics["name"] == name and statistics["inference_count"] >= len(frame) * 4, statistics
assert statistics["inference_stats"]["success"]["count"] >= 4, statistics
assert client.get_model_config(name, headers=dict(authorization))["name"] == name
assert [model["name"] for model in client.get_model_repository_index(headers=dict(authorization))] == [name]
assert "binary_tensor_data" in client.get_server_metadata(headers=dict(authorization))["extensions"]
for wrong in ("nothing", name):
    try:
        client.infer(wrong, [triton.InferInput("nothing", [1, 1], "FP32").set_data_from_numpy(np.zeros((1, 1), "float32"))], headers=dict(authorization))
        raise SystemExit(f"{wrong} was scored")
    except InferenceServerException as error:
        results.setdefault("refused", []).append([error.status(), error.message()])

# Its client has no way to send a key, so that it is put on what it sends.
bearer = lambda request: (request.headers.update(authorization), request)[1]  # noqa: E731
requests.get = partial(requests.get, auth=bearer)
requests.post = partial(requests.post, auth=bearer)
mlflow = ScoringServerClient("", 0)
mlflow.url_prefix = f"{url}/endpoints/{name}"
mlflow.ping()
assert mlflow.get_version()
results["mlflow, a table"] = mlflow.invoke(frame).get_predictions().to_dict("records")
answer = requests.post(f"{mlflow.url_prefix}/invocations", data=frame.to_csv(index=False), headers={"Content-Type": "text/csv"})
results["mlflow, CSV"] = answer.json()["predictions"]

# Its PandasCodec does not know the texts of pandas 3, so that each column has its own codec.
inputs = [
    StringCodec.encode_input(column, list(frame[column])) if column in texts else NumpyCodec.encode_input(column, frame[column].to_numpy().reshape(-1, 1))
    for column in frame.columns
]
request = InferenceRequest(inputs=inputs)
answer = requests.post(f"{url}/v2/models/{name}/infer", data=request.model_dump_json(exclude_none=True))
decoded = PandasCodec.decode_response(InferenceResponse.model_validate(answer.json()))
results["MLServer's codecs"] = [{column: plain(value) for column, value in row.items()} for row in decoded.to_dict("records")]

answer = requests.post(f"{url}/endpoints/{name}/score", json={"Inputs": {"WebServiceInput0": given["rows"]}, "GlobalParameters": {}})
results["Azure, the designer"] = answer.json()["Results"]["WebServiceOutput0"]
answer = requests.post(f"{url}/endpoints/{name}/score", json={"input_data": json.loads(frame.to_json(orient="split"))})
results["Azure, an MLflow deployment"] = answer.json()

print(json.dumps(results))
