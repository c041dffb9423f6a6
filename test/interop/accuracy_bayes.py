"""Naive Bayes of numbers and categories together, which scikit-learn has only apart."""

import numpy
from sklearn.impute import SimpleImputer
from sklearn.naive_bayes import CategoricalNB, GaussianNB


class MixedBayes:
    """GaussianNB of the numbers and CategoricalNB of the categories: both are logarithms that add, and the prior counts once."""

    def __init__(self, data, params):
        self.split = data.number_count
        self.gauss = GaussianNB(var_smoothing=params["smoothing"]) if data.number_count else None
        self.level = CategoricalNB(alpha=params["pseudoCount"], min_categories=[each + 1 for each in data.level_counts]) if data.categories else None
        self.imputer = SimpleImputer()
        self.counts = data.level_counts

    def codes(self, rows):
        codes = rows[:, self.split :]
        # A missing category is a level of its own, for which CategoricalNB knows no other way.
        return numpy.where(numpy.isnan(codes), self.counts, codes).astype(int)

    def fit(self, rows, target):
        if self.gauss:
            self.gauss.fit(self.imputer.fit_transform(rows[:, : self.split]), target)
        if self.level:
            self.level.fit(self.codes(rows), target)
        self.classes_ = (self.gauss or self.level).classes_
        return self

    def decision(self, rows):
        total = 0
        if self.gauss:
            total = total + self.gauss.predict_joint_log_proba(self.imputer.transform(rows[:, : self.split]))
        if self.level:
            total = total + self.level.predict_joint_log_proba(self.codes(rows))
        if self.gauss and self.level:
            total = total - self.level.class_log_prior_
        return total

    def predict_proba(self, rows):
        total = self.decision(rows)
        return numpy.exp(total - numpy.logaddexp.reduce(total, axis=1, keepdims=True))

    def predict(self, rows):
        return self.classes_[self.decision(rows).argmax(axis=1)]
