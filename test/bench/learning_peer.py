"""Fits scikit-learn's estimator on the benchmark's rows and prints {"ms": …, "auc": …}.

Usage: learning_peer.py boosted|logistic FOLDER ROWS COLUMNS HELD, with x.bin (float32, column after column) and y.bin (float64) in FOLDER;
the last HELD rows are held back.
"""

import json
import sys
import time

import numpy
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

which, folder, rows, columns, held = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
x = numpy.ascontiguousarray(numpy.fromfile(f"{folder}/x.bin", dtype=numpy.float32).reshape(columns, rows).T)
y = numpy.fromfile(f"{folder}/y.bin")
cut = rows - held
if which == "boosted":
    make = lambda trees: HistGradientBoostingClassifier(max_iter=trees, max_leaf_nodes=31, learning_rate=0.1, min_samples_leaf=20, early_stopping=False)
else:
    make = lambda _: make_pipeline(StandardScaler(), LogisticRegression(C=1.0, tol=1e-7, max_iter=1000))
make(2).fit(x[:5000], y[:5000])
model = make(100)
started = time.perf_counter()
model.fit(x[:cut], y[:cut])
elapsed = (time.perf_counter() - started) * 1000
print(json.dumps({"ms": elapsed, "auc": roc_auc_score(y[cut:], model.predict_proba(x[cut:])[:, 1])}))
