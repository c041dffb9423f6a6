import { CATEGORIES, type AnyNode, type Catalog, type Category } from '#nodes/kit/define.ts';

/** Words of other tools, and the words of ours that they mean. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  impute: ['missing'],
  imputation: ['missing'],
  null: ['missing'],
  nan: ['missing'],
  na: ['missing'],
  scale: ['normalize'],
  standardize: ['normalize'],
  scaler: ['normalize'],
  zscore: ['normalize'],
  onehot: ['indicator'],
  dummy: ['indicator'],
  encode: ['indicator'],
  query: ['sql'],
  filter: ['sql'],
  where: ['sql'],
  groupby: ['sql'],
  aggregate: ['sql'],
  merge: ['join'],
  lookup: ['join'],
  vlookup: ['join'],
  cast: ['metadata'],
  rename: ['metadata'],
  dtype: ['metadata'],
  drop: ['select'],
  project: ['select'],
  holdout: ['split'],
  test: ['split'],
  partition: ['split'],
  fit: ['train'],
  predict: ['score'],
  inference: ['score'],
  metrics: ['evaluate'],
  auc: ['evaluate'],
  roc: ['evaluate'],
  confusion: ['evaluate'],
  gbm: ['boosted'],
  xgboost: ['boosted'],
  lightgbm: ['boosted'],
  gradient: ['boosted'],
  ols: ['linear'],
  lasso: ['linear'],
  ridge: ['linear'],
  logit: ['logistic'],
  csv: ['import', 'manually', 'dataset'],
  upload: ['import', 'dataset'],
  publish: ['deploy', 'register'],
  serve: ['deploy'],
};

const words = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/** How well one typed word fits a node type: 0 = not at all. */
function fit(word: string, node: AnyNode): number {
  const title = words(node.title);
  if (title[0] === word) return 12;
  if (title.includes(word)) return 10;
  if (title.some((each) => each.startsWith(word))) return 8;
  if (title.map((each) => each[0]).join('') === word && word.length > 1) return 8;
  const keywords = node.keywords.flatMap((each) => words(each));
  if (keywords.some((each) => each.startsWith(word))) return 5;
  if (node.title.toLowerCase().includes(word) || node.type.includes(word)) return 4;
  const meant = SYNONYMS[word] ?? [];
  if (meant.some((other) => title.some((each) => each.startsWith(other)))) return 4;
  if (words(node.summary).some((each) => each.startsWith(word))) return 2;
  if (words(node.category).some((each) => each.startsWith(word))) return 1;
  return 0;
}

/** Node types that fit every typed word, the best first; all of them, by title, when nothing is typed. */
export function searchNodes(catalog: Catalog, typed: string): AnyNode[] {
  const all = Object.values(catalog).filter((node) => !node.hidden);
  const wanted = words(typed);
  if (wanted.length === 0) return all.toSorted((a, b) => a.title.localeCompare(b.title));
  return all
    .map((node) => {
      const fits = wanted.map((word) => fit(word, node));
      return { node, score: fits.includes(0) ? 0 : fits.reduce((sum, each) => sum + each, 0) };
    })
    .filter((each) => each.score > 0)
    .sort((a, b) => b.score - a.score || a.node.title.length - b.node.title.length || a.node.title.localeCompare(b.node.title))
    .map((each) => each.node);
}

/** Node types by category, in the order of the catalogue; categories without any are left out. */
export function byCategory(nodes: readonly AnyNode[]): { category: Category; nodes: AnyNode[] }[] {
  return CATEGORIES.map((category) => ({ category, nodes: nodes.filter((node) => node.category === category) })).filter((each) => each.nodes.length > 0);
}
