from peer import timed
from sklearn.cluster import KMeans


def contest(data):
    clusters, seeds = data.settings["clusters"], data.settings["seeds"]
    KMeans(clusters, n_init=1, random_state=0).fit(data.x[:5000])
    models, ms = timed(lambda: [KMeans(clusters, n_init=1, random_state=seed).fit(data.x) for seed in range(seeds)])
    return {"ms": ms / seeds, "quality": sum(model.inertia_ for model in models) / seeds}
