from peer import timed
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import RandomizedSearchCV, StratifiedKFold

NAMES = {"leaves": "max_leaf_nodes", "minimumSamples": "min_samples_leaf", "learningRate": "learning_rate", "trees": "max_iter"}


def contest(data):
    """The very same settings: as many one-value grids as there are settings, of which all are drawn."""
    candidates = [{NAMES[name]: [value] for name, value in each.items()} for each in data.settings["candidates"]]
    folds = StratifiedKFold(data.settings["folds"], shuffle=True, random_state=0)
    search = RandomizedSearchCV(
        HistGradientBoostingClassifier(early_stopping=False), candidates, n_iter=len(candidates), scoring="roc_auc", cv=folds, n_jobs=-1, random_state=0
    )
    _, ms = timed(lambda: search.fit(data.x, data.y))
    return {"ms": ms, "quality": data.auc(search.best_estimator_)}
