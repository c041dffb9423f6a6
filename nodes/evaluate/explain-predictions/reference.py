"""Writes tree-shap.reference.json: trees of scikit-learn, rows, and their SHAP values by the shap package (path-dependent).

Run with Python, scikit-learn and shap: python reference.py
"""
import json
from pathlib import Path

import numpy as np
import shap
import sklearn
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import RandomForestRegressor


def case(x, y, rows, **params):
    x = x.astype(np.float32)
    model = RandomForestRegressor(random_state=7, **params).fit(x, y)
    explainer = shap.TreeExplainer(model, feature_perturbation="tree_path_dependent")
    trees = [
        {
            "feature": np.where(t.children_left < 0, -1, t.feature).tolist(),
            "threshold": t.threshold.tolist(),
            "left": np.maximum(t.children_left, 0).tolist(),
            "right": np.maximum(t.children_right, 0).tolist(),
            "rows": t.weighted_n_node_samples.tolist(),
            "value": t.value[:, 0, 0].tolist(),
        }
        for t in (each.tree_ for each in model.estimators_)
    ]
    return {
        "trees": trees,
        "rows": x[:rows].astype(float).tolist(),
        "shap": explainer.shap_values(x[:rows].astype(float)).tolist(),
        "base": float(np.ravel(explainer.expected_value)[0]),
    }


cancer, diabetes = load_breast_cancer(), load_diabetes()
result = {
    "origin": f"shap {shap.__version__}, scikit-learn {sklearn.__version__}",
    "breast cancer": case(cancer.data, cancer.target.astype(float), 5, n_estimators=3, max_depth=5),
    "diabetes": case(diabetes.data, diabetes.target, 5, n_estimators=3, max_depth=6),
}
Path(__file__).with_name("tree-shap.reference.json").write_text(json.dumps(result) + "\n")
