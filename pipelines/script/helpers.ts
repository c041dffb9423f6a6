/** Python functions that scripts begin with, each only where it is used. */
export const HELPERS = {
  FOLDER: {
    imports: ['from pathlib import Path', 'import sys'],
    needs: [],
    code: `
# Where the data is: the folder given as first argument, else the present one.
FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(".")`,
  },
  read_table: {
    imports: ['import pandas as pd'],
    needs: ['FOLDER'],
    code: `
def read_table(name, texts=(), dates=()):
    """Reads NAME.parquet or NAME.csv. Only an empty cell is missing; columns in texts are read as they are written."""
    if (FOLDER / f"{name}.parquet").exists():
        return pd.read_parquet(FOLDER / f"{name}.parquet")
    types = {column: "object" for column in texts}
    return pd.read_csv(FOLDER / f"{name}.csv", dtype=types, parse_dates=list(dates), keep_default_na=False, na_values=[""])`,
  },
  query: {
    imports: ['import duckdb'],
    needs: [],
    code: `
def query(sql, **tables):
    """Runs SQL over tables by name."""
    with duckdb.connect() as connection:
        for name, table in tables.items():
            connection.register(name, table)
        return connection.execute(sql).df()`,
  },
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
  TrainedModel: {
    imports: ['from sklearn.base import is_classifier', 'from sklearn.pipeline import make_pipeline'],
    needs: ['encoder', 'as_objects'],
    code: `
class TrainedModel:
    """An estimator of scikit-learn with what it was trained on."""

    def __init__(self, estimator, table, label, leave_out=(), scale=True):
        table = table[table[label].notna()]
        self.label = label
        self.columns = [name for name in table.columns if name != label and name not in leave_out]
        features = as_objects(table[self.columns])
        self.pipeline = make_pipeline(encoder(features, scale), estimator)
        self.classifies = is_classifier(estimator)
        self.pipeline.fit(features, table[label])
        self.classes = list(self.pipeline.classes_) if self.classifies else []

    def score(self, table, append=True):
        features = as_objects(table[self.columns])
        found = table.copy() if append else table[[]].copy()
        found["Scored Labels"] = self.pipeline.predict(features)
        if self.classifies:
            chances = self.pipeline.predict_proba(features)
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
  as_objects: {
    imports: ['import pandas as pd'],
    needs: [],
    code: `
def as_objects(table):
    """Text columns as Python objects with None where missing, whatever pandas made of them; numbers stay."""
    table = table.copy()
    for name in table:
        if not (pd.api.types.is_numeric_dtype(table[name]) or pd.api.types.is_bool_dtype(table[name])):
            table[name] = table[name].astype(object).where(table[name].notna(), None)
    return table`,
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
} as const satisfies Readonly<Record<string, { readonly imports: readonly string[]; readonly needs: readonly string[]; readonly code: string }>>;

export type HelperName = keyof typeof HELPERS;
