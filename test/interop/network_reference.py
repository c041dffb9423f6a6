"""Trains scikit-learn's networks from given first weights, with the rows in their order in each pass.

Usage: network_reference.py < job.json; job = a list of {file, targets, hidden, activation, optimizer, momentum, rate, batch, epochs, layers, loss}: `file`
holds a matrix of float32, row after row; `layers` the first weights and biases of each layer.
Prints for each {"layers": [[weights, biases], ...], "history": mean loss of each pass} as JSON.
"""

import json
import os
import sys
import warnings

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy
from sklearn.neural_network import MLPClassifier, MLPRegressor

warnings.filterwarnings("ignore")


def train(file, targets, hidden, activation, optimizer, momentum, rate, batch, epochs, layers, loss):
    rows = numpy.fromfile(file, dtype="float32").reshape(len(targets), -1).astype(float)
    kind = MLPRegressor if loss == "squared" else MLPClassifier
    options = dict(activation={"sigmoid": "logistic"}.get(activation, activation), solver=optimizer, momentum=momentum, nesterovs_momentum=False)
    passes = dict(learning_rate_init=rate, batch_size=batch, max_iter=1, n_iter_no_change=10**9, alpha=0, shuffle=False, warm_start=True)
    model = kind(hidden_layer_sizes=tuple(hidden), **options, **passes).fit(rows, targets)
    # A second fit goes on from these weights, with new moments.
    model.coefs_ = [numpy.array(weights, dtype=float).reshape(before.shape) for (weights, _), before in zip(layers, model.coefs_)]
    model.intercepts_ = [numpy.array(biases, dtype=float) for _, biases in layers]
    model.loss_curve_ = []
    model.set_params(max_iter=epochs).fit(rows, targets)
    return {"layers": [[weights.ravel().tolist(), biases.tolist()] for weights, biases in zip(model.coefs_, model.intercepts_)], "history": model.loss_curve_}


print(json.dumps([train(**each) for each in json.load(sys.stdin)]))
