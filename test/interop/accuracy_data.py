"""The datasets of accuracy_reference.py, split and encoded as scikit-learn's estimators take them."""

import csv

import numpy
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler


def is_number(cells):
    try:
        return any(cells) and all(cell == "" or float(cell) == float(cell) for cell in cells)
    except ValueError:
        return False


class Data:
    """`train` and `test` hold numbers first, then the codes of categories; a missing value and a level unknown in training are NaN."""

    def __init__(self, path, label, drop, blocks):
        with open(path, newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
        kept = [(index % 4 == 3, row) for index, row in enumerate(rows) if index // 4 % blocks == 0 and row[header.index(label)] != ""]
        held = numpy.array([each for each, _ in kept])
        columns = {name: [row[at] for _, row in kept] for at, name in enumerate(header) if name not in (label, *drop)}
        target = [row[header.index(label)] for _, row in kept]
        numbers = [name for name in columns if is_number(columns[name])]
        categories = [name for name in columns if name not in numbers]
        number = lambda cell: numpy.nan if cell == "" else float(numpy.float32(cell))
        out = numpy.empty((len(kept), len(columns)))
        self.level_counts = []
        for at, name in enumerate(numbers + categories):
            if name in numbers:
                out[:, at] = [number(cell) for cell in columns[name]]
                continue
            levels = sorted({cell for cell, away in zip(columns[name], held) if cell != "" and not away})
            places = {level: place for place, level in enumerate(levels)}
            out[:, at] = [places.get(cell, numpy.nan) for cell in columns[name]]
            self.level_counts.append(len(levels))
        self.train, self.test = out[~held], out[held]
        self.number_count = len(numbers)
        self.numbers = list(range(len(numbers)))
        self.categories = list(range(len(numbers), len(columns)))
        self.width = len(numbers) + sum(self.level_counts)
        self.numeric_target = is_number(target)
        values = numpy.array([float(numpy.float32(cell)) for cell in target]) if self.numeric_target else numpy.array(target)
        self.target, self.truth = values[~held], values[held]

    def one_hot(self, number=None):
        """Means for missing numbers; one column per level, none of them for a missing or unknown one."""
        levels = [numpy.arange(count, dtype=float) for count in self.level_counts]
        indicators = OneHotEncoder(categories=levels, handle_unknown="ignore", sparse_output=False)
        return ColumnTransformer([("number", number or SimpleImputer(), self.numbers), ("category", indicators, self.categories)])

    def standardised(self):
        return make_pipeline(self.one_hot(), StandardScaler())

    def ranged(self):
        """Numbers from 0 to 1."""
        return self.one_hot(make_pipeline(SimpleImputer(), MinMaxScaler()))
