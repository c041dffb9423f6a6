"""What pandas and scikit-learn make of random tables.

Usage: tables_reference.py < job.json; job = [{"left": {id, key, level, n}, "right": {key, m}}], columns as lists, null where missing.
Prints for each table the results by name, each a list of rows; null where a value is missing.
"""

import json
import math
import sys

import numpy
import pandas
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler


def plain(cell):
    if cell is None or (isinstance(cell, float) and math.isnan(cell)) or cell is pandas.NA:
        return None
    return cell.item() if isinstance(cell, numpy.generic) else cell


def rows(frame):
    return [[plain(cell) for cell in row] for row in frame.itertuples(index=False, name=None)]


def frame(columns, **types):
    return pandas.DataFrame({name: pandas.Series(values, dtype=types.get(name, "float64")) for name, values in columns.items()})


def grouped(data):
    groups = data.groupby("key", dropna=False, sort=False)["n"]
    figures = {
        "count": groups.count(),
        "distinct": groups.nunique(),
        "sum": groups.sum(min_count=1),
        "mean": groups.mean(),
        "median": groups.median(),
        "quantile": groups.quantile(0.3),
        "sd": groups.std(),
        "minimum": groups.min(),
        "maximum": groups.max(),
        "first": groups.first(),
        "last": groups.last(),
    }
    return rows(pandas.DataFrame(figures).reset_index())


def windows(data):
    groups = data.groupby("key", dropna=False, sort=False)["n"]
    return rows(
        pandas.DataFrame(
            {
                "lag": groups.shift(1),
                "lead": groups.shift(-2),
                # Its own moving sum carries what it adds and takes away again, and with that the rounding of 2^40.
                "rolling": groups.transform(lambda each: each.rolling(3, min_periods=2).apply(numpy.nansum, raw=True)),
                "highest": groups.transform(lambda each: each.rolling(2, min_periods=1).max()),
                "mean": groups.transform(lambda each: each.expanding().mean()),
            }
        )
    )


def pivoted(data):
    known = data.dropna(subset=["key", "level"])
    if known.empty:
        return {"names": [], "rows": []}
    means = known.groupby(["key", "level"], sort=False)["n"].mean().unstack()
    means = means.reindex(known["key"].drop_duplicates())
    means = means[sorted(means.columns, key=lambda name: name.encode())].reset_index()
    return {"names": list(means.columns), "rows": rows(means)}


def scaled(data):
    values = data[["n"]].dropna().to_numpy()
    if len(values) == 0 or values.min() == values.max():
        return None
    scalers = {"zscore": StandardScaler(), "minmax": MinMaxScaler(), "maxabs": MaxAbsScaler(), "robust": RobustScaler()}
    return {name: [plain(cell) for cell in scaler.fit(values).transform(data[["n"]].to_numpy())[:, 0]] for name, scaler in scalers.items()}


def binned(data):
    values = data["n"].dropna().to_numpy()
    if len(values) == 0:
        return None
    edges = numpy.unique(numpy.quantile(values, [0.25, 0.5, 0.75]))
    edges = edges[edges < values.max()]
    return [None if math.isnan(value) else int(numpy.searchsorted(edges, value, side="left")) + 1 for value in data["n"]]


def results(left, right):
    data = frame(left, key="object", level="object")
    other = frame(right, key="object")
    known = other.dropna(subset=["key"])
    dummies = pandas.get_dummies(data["key"].replace("", None), dtype=int)
    complete = data[data["key"].fillna("") != ""].dropna(subset=["n"])
    twins = complete[complete.duplicated(["key", "n"], keep="first")].index
    as_bytes = lambda each: each.map(lambda cell: cell.encode() if isinstance(cell, str) else cell)
    sorts = data.sort_values(["key", "n"], ascending=[True, False], na_position="last", kind="stable", key=as_bytes)
    return {
        "grouped": grouped(data),
        "inner": rows(data.merge(known, on="key", how="inner")),
        "left": rows(data.merge(known, on="key", how="left")),
        "windows": windows(data),
        "pivoted": pivoted(data),
        "scaled": scaled(data),
        "binned": binned(data),
        "dummies": {name: dummies[name].tolist() for name in dummies.columns},
        "distinct": rows(data.drop(index=twins)),
        "sorted": rows(sorts),
        "melted": rows(data.melt(id_vars=["id"], value_vars=["key", "level"], var_name="name", value_name="value").sort_values(["id", "name"], kind="stable")),
    }


json.dump([results(**table) for table in json.load(sys.stdin)], sys.stdout)
