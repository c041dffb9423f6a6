"""Runs the function `contest(data)` of a file in this folder and prints what it gives as JSON: {"ms": …, "quality": …}.

Usage: peer.py NAME FOLDER, with x.bin (float32, column after column), data.json and, where there are targets, y.bin (float64) in FOLDER.
"""

import importlib
import json
import os
import sys
import time

import numpy


class Data:
    """The rows to train on (x, y) and the ones held back (held_x, held_y); x is float32 in rows."""

    def __init__(self, folder):
        with open(f"{folder}/data.json") as file:
            about = json.load(file)
        self.settings = about["settings"]
        x = numpy.ascontiguousarray(numpy.fromfile(f"{folder}/x.bin", dtype=numpy.float32).reshape(about["columns"], -1).T)
        cut = len(x) - about["held"]
        self.x, self.held_x = x[:cut], x[cut:]
        if os.path.exists(f"{folder}/y.bin"):
            y = numpy.fromfile(f"{folder}/y.bin")
            self.y, self.held_y = y[:cut], y[cut:]

    def auc(self, model):
        """Of a two-class model on the rows held back."""
        from sklearn.metrics import roc_auc_score

        return roc_auc_score(self.held_y, model.predict_proba(self.held_x)[:, 1])


def timed(work):
    """Gives what the work gives, and its time in ms."""
    started = time.perf_counter()
    result = work()
    return result, (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    sys.modules["peer"] = sys.modules["__main__"]
    print(json.dumps(importlib.import_module(sys.argv[1]).contest(Data(sys.argv[2]))))
