"""Writes scores.reference.json beside this file: figures of SciPy and scikit-learn for random rows. Run by hand in the virtual environment of the interop tests."""

import json
import pathlib

import numpy
import scipy
import sklearn
from scipy import stats
from sklearn.feature_selection import f_classif, r_regression
from sklearn.metrics import mutual_info_score

BINS = 10
random = numpy.random.default_rng(8)
count = 300
target = numpy.round(random.normal(size=count), 3)
related = numpy.round(numpy.exp(target + random.normal(size=count)), 2)
ties = numpy.floor(numpy.abs(target * 2 + random.normal(size=count)))
classes = numpy.digitize(target + random.normal(0, 0.5, count), [-0.5, 0.6])
letters = numpy.array(list("abcde"))[numpy.clip(numpy.round(target + 2 + random.normal(0, 0.7, count)), 0, 4).astype(int)]


def binned(values):
    if len(numpy.unique(values)) <= BINS:
        return values
    ordered = numpy.sort(values)
    ends = numpy.unique([ordered[-(-(bin + 1) * count // BINS) - 1] for bin in range(BINS)])
    return numpy.searchsorted(ends, values)


def chi_squared(values):
    return stats.chi2_contingency(stats.contingency.crosstab(values, classes).count, correction=False).statistic


figures = {"origin": f"SciPy {scipy.__version__}, scikit-learn {sklearn.__version__}, by nodes/features/filter-based-feature-selection/reference.py", "target": target.tolist(), "classes": classes.tolist(), "letters": letters.tolist()}
figures["lettersScores"] = {"mutualInformation": mutual_info_score(letters, classes), "chiSquared": chi_squared(letters)}
figures["numbers"] = [
    {
        "values": values.tolist(),
        "pearson": abs(r_regression(values[:, None], target)[0]),
        "spearman": abs(stats.spearmanr(values, target).statistic),
        "mutualInformation": mutual_info_score(binned(values), classes),
        "chiSquared": chi_squared(binned(values)),
        # F = fisher × (n − K) / (K − 1)
        "fisher": f_classif(values[:, None], classes)[0][0] * 2 / (count - 3),
    }
    for values in (related, ties)
]
(pathlib.Path(__file__).parent / "scores.reference.json").write_text(json.dumps(figures) + "\n")
