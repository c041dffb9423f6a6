/** Python of models: encoding, training, scoring, figures; each part only where it is used. */
export const MODEL_HELPERS = {
  encoder: {
    imports: [
      'import pandas as pd',
      'from sklearn.compose import make_column_transformer',
      'from sklearn.impute import SimpleImputer',
      'from sklearn.pipeline import make_pipeline',
      'from sklearn.preprocessing import OneHotEncoder, StandardScaler',
    ],
    needs: [],
    code: `
def encoder(table, scale):
    """Numbers with their mean where missing, on one scale if asked; an indicator for each category."""
    numbers = [name for name in table if pd.api.types.is_numeric_dtype(table[name]) or pd.api.types.is_bool_dtype(table[name])]
    categories = [name for name in table if name not in numbers]
    steps = [SimpleImputer()] + ([StandardScaler()] if scale else [])
    filled = make_pipeline(SimpleImputer(strategy="constant", fill_value="missing", missing_values=None), OneHotEncoder(handle_unknown="ignore", sparse_output=False))
    return make_column_transformer((make_pipeline(*steps), numbers), (filled, categories))`,
  },
  MixedNaiveBayes: {
    imports: ['import numpy as np', 'import pandas as pd', 'from sklearn.base import BaseEstimator, ClassifierMixin'],
    needs: [],
    code: `
class MixedNaiveBayes(ClassifierMixin, BaseEstimator):
    """Naive Bayes: numbers are normal in each class, categories have their shares. Missing values leave their column out."""

    takes_table = True

    def __init__(self, smoothing=1e-9, pseudo_count=1, uniform=False):
        self.smoothing, self.pseudo_count, self.uniform = smoothing, pseudo_count, uniform

    def fit(self, table, label):
        label = np.asarray(label)
        self.classes_ = np.unique(label)
        shares = pd.Series(label).value_counts(normalize=True).reindex(self.classes_).to_numpy()
        self.priors_ = np.log(np.full(len(self.classes_), 1 / len(self.classes_)) if self.uniform else shares)
        self.numbers_ = [name for name in table if pd.api.types.is_numeric_dtype(table[name]) or pd.api.types.is_bool_dtype(table[name])]
        numbers = table[self.numbers_].astype(float)
        self.means_ = numbers.groupby(label).mean()
        self.variances_ = numbers.groupby(label).var(ddof=0) + self.smoothing * numbers.var(ddof=0).max()
        self.shares_ = {}
        for name in table.columns.difference(self.numbers_):
            counts = pd.crosstab(label, table[name].to_numpy()).reindex(self.classes_, fill_value=0) + self.pseudo_count
            self.shares_[name] = np.log(counts.div(counts.sum(axis=1), axis=0))
        return self

    def predict_proba(self, table):
        scores = np.tile(self.priors_, (len(table), 1))
        for at, name in enumerate(self.classes_):
            means, variances = self.means_.loc[name], self.variances_.loc[name]
            density = -((table[self.numbers_].astype(float) - means) ** 2) / (2 * variances) - np.log(2 * np.pi * variances) / 2
            scores[:, at] += density.sum(axis=1, skipna=True).to_numpy()
            for column, shares in self.shares_.items():
                scores[:, at] += table[column].map(shares.loc[name]).astype(float).fillna(0).to_numpy()
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return scores / scores.sum(axis=1, keepdims=True)

    def predict(self, table):
        return self.classes_[self.predict_proba(table).argmax(axis=1)]`,
  },
  MeanLossSVC: {
    imports: ['from sklearn.svm import LinearSVC'],
    needs: [],
    code: `
class MeanLossSVC(LinearSVC):
    """A linear support vector machine whose penalty stands beside the mean loss, whatever the number of rows."""

    def __init__(self, weight=0.001, class_weight=None):
        super().__init__(class_weight=class_weight, intercept_scaling=10, max_iter=10_000)
        self.weight = weight

    def fit(self, features, label):
        self.C = 1 / (2 * self.weight * len(label))
        return super().fit(features, label)`,
  },
  SummedPoisson: {
    imports: ['from sklearn.linear_model import PoissonRegressor'],
    needs: [],
    code: `
class SummedPoisson(PoissonRegressor):
    """Poisson regression whose penalty stands beside the sum of the losses."""

    def __init__(self, penalty=1):
        super().__init__(max_iter=1_000)
        self.penalty = penalty

    def fit(self, features, label):
        self.alpha = self.penalty / len(label)
        return super().fit(features, label)`,
  },
  TrainedModel: {
    imports: [
      'import numpy as np',
      'from scipy.special import softmax',
      'from sklearn.base import is_classifier',
      'from sklearn.pipeline import make_pipeline',
    ],
    needs: ['encoder', 'as_objects'],
    code: `
class TrainedModel:
    """An estimator of scikit-learn with what it was trained on."""

    def __init__(self, estimator, table, label, leave_out=(), scale=True):
        table = table[table[label].notna()]
        self.label = label
        self.columns = [name for name in table.columns if name != label and name not in leave_out]
        features = as_objects(table[self.columns])
        self.pipeline = make_pipeline(*([] if hasattr(estimator, "takes_table") else [encoder(features, scale)]), estimator)
        self.classifies = is_classifier(estimator)
        self.pipeline.fit(features, table[label])
        self.classes = list(self.pipeline.classes_) if self.classifies else []

    def chances(self, features):
        """Probabilities of the classes; by their margins where the estimator gives no others."""
        if hasattr(self.pipeline, "predict_proba"):
            return self.pipeline.predict_proba(features)
        margins = self.pipeline.decision_function(features)
        return softmax(np.column_stack([0 * margins, margins]) if margins.ndim == 1 else margins, axis=1)

    def score(self, table, append=True):
        features = as_objects(table[self.columns])
        found = table.copy() if append else table[[]].copy()
        found["Scored Labels"] = self.pipeline.predict(features)
        if self.classifies:
            chances = self.chances(features)
            if len(self.classes) == 2:
                found["Scored Probabilities"] = chances[:, 1]
            else:
                for at, name in enumerate(self.classes):
                    found[f"Scored Probabilities_{name}"] = chances[:, at]
        found.attrs["model"] = self
        return found`,
  },
  ClusterModel: {
    imports: [
      'import pandas as pd',
      'from sklearn.compose import make_column_transformer',
      'from sklearn.impute import SimpleImputer',
      'from sklearn.pipeline import make_pipeline',
      'from sklearn.preprocessing import MinMaxScaler, OneHotEncoder',
    ],
    needs: ['as_objects'],
    code: `
class ClusterModel:
    """A clustering of scikit-learn over the columns that it was fitted on, numbers brought to the range from 0 to 1."""

    def __init__(self, estimator, table, columns):
        self.columns = columns
        features = as_objects(table[columns])
        numbers = [name for name in features if pd.api.types.is_numeric_dtype(features[name]) or pd.api.types.is_bool_dtype(features[name])]
        others = [name for name in features if name not in numbers]
        filled = make_pipeline(SimpleImputer(strategy="constant", fill_value="missing", missing_values=None), OneHotEncoder(handle_unknown="ignore", sparse_output=False))
        scaled = make_pipeline(SimpleImputer(), MinMaxScaler())
        self.pipeline = make_pipeline(make_column_transformer((scaled, numbers), (filled, others)), estimator)
        self.pipeline.fit(features)

    def assign(self, table, append=True):
        features = as_objects(table[self.columns])
        found = table.copy() if append else table[[]].copy()
        found["Assignments"] = self.pipeline.predict(features)
        for at, distances in enumerate(self.pipeline.transform(features).T):
            found[f"DistancesToClusterCenter no.{at}"] = distances
        return found`,
  },
  OnnxModel: {
    imports: ['import json', 'import numpy as np', 'import onnxruntime'],
    needs: ['FOLDER'],
    code: `
class OnnxModel:
    """A registered model: its file NAME.onnx, downloaded under Models, beside the data."""

    def __init__(self, name):
        self.session = onnxruntime.InferenceSession(str(FOLDER / f"{name}.onnx"), providers=["CPUExecutionProvider"])
        signature = json.loads(self.session.get_modelmeta().custom_metadata_map["modelwright.signature"])
        label = signature.get("label") or {}
        self.label = label.get("name")
        self.classes = label.get("levels") or []
        self.classifies = signature.get("task") in ("two-class", "multiclass")
        self.outputs = [output["name"] for output in signature["outputs"]]
        self.drops = signature["drops"]

    def __deepcopy__(self, memo):
        """pandas copies what a table carries along; a session cannot be copied, and need not be."""
        return self

    def run(self, table):
        feeds = {}
        for entry in self.session.get_inputs():
            column = table[entry.name]
            if entry.type == "tensor(string)":
                values = np.array(["" if value is None or value != value else str(value) for value in column.astype(object)], dtype=object)
            else:
                values = column.astype("float32").to_numpy()
            feeds[entry.name] = values.reshape(-1, 1)
        return zip(self.outputs, self.session.run(None, feeds))

    def score(self, table, append=True):
        found = table.drop(columns=[name for name in self.drops if name in table]) if append else table[[]].copy()
        for name, values in self.run(table):
            found[name] = values.reshape(-1)
        found.attrs["model"] = self
        return found

    assign = score`,
  },
  evaluate: {
    imports: ['import json', 'from sklearn import metrics'],
    needs: [],
    code: `
def evaluate(scored, name):
    """Figures of a scored table, printed as a line of JSON."""
    model = scored.attrs["model"]
    rows = scored[scored[model.label].notna()]
    truth, found = rows[model.label], rows["Scored Labels"]
    if not model.classifies:
        figures = {"mae": metrics.mean_absolute_error(truth, found), "rmse": metrics.root_mean_squared_error(truth, found), "r2": metrics.r2_score(truth, found)}
    else:
        figures = {"accuracy": metrics.accuracy_score(truth, found)}
        classes = model.classes
        if len(classes) == 2:
            positive = truth == classes[1]
            figures["auc"] = metrics.roc_auc_score(positive, rows["Scored Probabilities"])
            figures["precision"], figures["recall"], figures["f1"], _ = metrics.precision_recall_fscore_support(
                positive, found == classes[1], average="binary", zero_division=0
            )
        else:
            figures["macroF1"] = metrics.f1_score(truth, found, average="macro")
    print(json.dumps({"model": name, **{key: float(value) for key, value in figures.items()}}))
    return figures`,
  },
} as const;
