"""Writes reference.json with SciPy: python reference.py > reference.json"""
import json
import numpy as np
import scipy
from scipy import stats

a = [5.1, 4.9, 6.2, 5.8, 6.0, 5.5, 5.1]
b = [4.1, 5.0, 5.2, 4.4, 4.9]
before, after = a[:5], b
out = {'origin': f'SciPy {scipy.__version__}', 'a': a, 'b': b}
out['t'] = [[t, n, float(stats.t.sf(t, n))] for t in (-3.5, 0, 0.1, 1.96, 12, 60) for n in (1, 2.5, 30, 1e5)]
out['quantile'] = [[p, n, float(stats.t.isf(p, n))] for p in (0.1, 0.025, 0.0005) for n in (1, 4.2, 200)]
out['chi2'] = [[x, n, float(stats.chi2.sf(x, n))] for x in (0.1, 3.84, 25, 300) for n in (1, 4, 100)]
out['normal'] = [[z, float(stats.norm.sf(z))] for z in (-2, 0, 0.5, 1.96, 8)]


def t_test(result, sample_effect, confidence=0.95):
    interval = result.confidence_interval(confidence)
    return {'statistic': result.statistic, 'freedom': result.df, 'p': result.pvalue, 'effect': sample_effect, 'low': interval.low, 'high': interval.high}


var = lambda x: np.var(x, ddof=1)
pooled = np.sqrt(((len(a) - 1) * var(a) + (len(b) - 1) * var(b)) / (len(a) + len(b) - 2))
cohen = (np.mean(a) - np.mean(b)) / pooled
out['oneSample'] = t_test(stats.ttest_1samp(a, 5), (np.mean(a) - 5) / np.sqrt(var(a)))
out['welch'] = t_test(stats.ttest_ind(a, b, equal_var=False), cohen)
out['pooled'] = t_test(stats.ttest_ind(a, b), cohen)
d = np.subtract(before, after)
out['paired'] = t_test(stats.ttest_rel(before, after), np.mean(d) / np.sqrt(var(d)))
out['greater'] = float(stats.ttest_ind(a, b, equal_var=False, alternative='greater').pvalue)
u = stats.mannwhitneyu(a, b, method='asymptotic', use_continuity=True)
out['mannWhitney'] = {'statistic': u.statistic, 'p': u.pvalue, 'effect': 2 * u.statistic / (len(a) * len(b)) - 1, 'less': float(stats.mannwhitneyu(a, b, method='asymptotic', alternative='less').pvalue)}
table = np.array([[12, 5, 7], [3, 9, 14]])
c = stats.chi2_contingency(table, correction=False)
out['table'] = table.tolist()
out['chiSquared'] = {'statistic': c.statistic, 'freedom': c.dof, 'p': c.pvalue, 'effect': np.sqrt(c.statistic / table.sum() / 1)}
print(json.dumps(out, default=float, indent=1))
