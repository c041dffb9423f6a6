/** Python of texts, each part only where it is used. */
export const TEXT_HELPERS = {
  runs_of_words: {
    imports: ['import re'],
    needs: [],
    code: `
def runs_of_words(text, size, lower=True):
    """Runs of one to size neighbouring words, with spaces between; a missing text has none."""
    text = text if isinstance(text, str) else ""
    words = re.findall(r"[\\w\\u0300-\\u036f]+", text.lower() if lower else text)
    return [" ".join(words[at : at + length]) for length in range(1, size + 1) for at in range(len(words) - length + 1)]`,
  },
  NGrams: {
    imports: [
      'import numpy as np',
      'import pandas as pd',
      'from sklearn.feature_extraction.text import CountVectorizer',
      'from sklearn.preprocessing import normalize as to_length_one',
    ],
    needs: ['runs_of_words'],
    code: `
class NGrams:
    """A column of numbers for each run of words in enough texts of a column, or in a vocabulary."""

    def __init__(self, table, column, vocabulary=None, size=1, shortest=3, longest=25, documents=5, ratio=1, most=1000, weighting="tf-idf", normalize=False, lower=True, overwrite=False):
        self.column, self.weighting, self.normalize, self.lower, self.overwrite = column, weighting, normalize, lower, overwrite
        if vocabulary is None:
            fits = lambda run: all(shortest <= len(word) <= longest for word in run.split(" "))
            counter = CountVectorizer(analyzer=lambda text: filter(fits, runs_of_words(text, size, lower)), binary=True, min_df=documents, max_df=float(ratio))
            seen = np.asarray(counter.fit_transform(table[column].fillna("")).sum(axis=0)).ravel()
            vocabulary = pd.DataFrame({"NGram": counter.get_feature_names_out(), "DF": seen, "IDF": np.log(len(table) / seen)})
            vocabulary = vocabulary.sort_values(["DF", "NGram"], ascending=[False, True]).head(most)
            vocabulary = vocabulary.assign(spaces=vocabulary["NGram"].str.count(" ")).sort_values(["spaces", "NGram"]).drop(columns="spaces")
            vocabulary.insert(0, "ID", range(len(vocabulary)))
        self.vocabulary = vocabulary.reset_index(drop=True)

    def apply(self, table):
        runs, weights = list(self.vocabulary["NGram"]), self.vocabulary["IDF"].to_numpy()
        size = max(run.count(" ") for run in runs) + 1
        counter = CountVectorizer(analyzer=lambda text: runs_of_words(text, size, self.lower), vocabulary=runs)
        values = counter.transform(table[self.column].fillna("")).toarray().astype(float)
        if self.weighting in ("binary", "idf"):
            values = (values > 0).astype(float)
        if self.weighting in ("idf", "tf-idf"):
            values = values * weights
        if self.normalize:
            values = to_length_one(values)
        kept = table.drop(columns=self.column) if self.overwrite else table
        return pd.concat([kept, pd.DataFrame(values, columns=[f"{self.column}-{run}" for run in runs], index=table.index)], axis=1)`,
  },
  HashedWords: {
    imports: ['import numpy as np', 'import pandas as pd', 'from sklearn.utils import murmurhash3_32'],
    needs: ['runs_of_words'],
    code: `
class HashedWords:
    """Counts of the words of texts in a fixed number of columns, by their hash."""

    def __init__(self, columns, bits=10, size=2, lower=True, overwrite=False):
        self.columns, self.bits, self.size, self.lower, self.overwrite = columns, bits, size, lower, overwrite

    def apply(self, table):
        found = [table.drop(columns=self.columns) if self.overwrite else table]
        for column in self.columns:
            counts = np.zeros((len(table), 2**self.bits))
            for row, text in enumerate(table[column]):
                for run in runs_of_words(text, self.size, self.lower):
                    counts[row, murmurhash3_32(run, positive=True) % 2**self.bits] += 1
            found.append(pd.DataFrame(counts, columns=[f"{column}-hash-{at}" for at in range(2**self.bits)], index=table.index))
        return pd.concat(found, axis=1)`,
  },
} as const;
