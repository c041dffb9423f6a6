import { randomNumbers } from '#nodes/kernels/random.ts';

/** Random tables of predictions, each by its number: few and many rows, values that repeat, weights, and odd ones among the first. */
export const TABLES = 80;

function dice(seed: number) {
  const random = randomNumbers(seed);
  const whole = (below: number) => Math.floor(random() * below);
  const list = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));
  return {
    random,
    whole,
    list,
    /** Half of the tables have weights; some rows then weigh many times as much as others. */
    weights: (length: number): number[] | null => (seed % 2 === 1 ? list(length, () => Math.round(1000 * random() ** 3) / 100 + 0.01) : null),
    normal: () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  };
}

/** The first tables have few rows; the others up to 400. */
const rowsOf = (table: number, whole: (below: number) => number, least: number): number => (table < 12 ? least + table : least + whole(400));

export function twoClassTable(table: number) {
  const { random, whole, list, weights } = dice(table);
  const rowCount = rowsOf(table, whole, 1);
  // From few different scores to all different ones, with 0 and 1 among them.
  const digits = 10 ** (table % 4);
  const share = table === 12 ? 0 : table === 13 ? 1 : 0.05 + 0.9 * random();
  const positive = list(rowCount, () => Number(random() < share));
  const scores = positive.map((each) => (table === 14 ? 0.5 : Math.round(digits * Math.min(1, Math.max(0, 0.3 * each + 1.1 * random() - 0.2))) / digits));
  return { positive, scores, weights: weights(rowCount) };
}

export function multiclassTable(table: number) {
  const { random, whole, list, weights } = dice(1_000 + table);
  const rowCount = rowsOf(table, whole, 8);
  const levels = 4 + whole(4);
  const truth = list(rowCount, (row) => (row < levels ? row : whole(levels)));
  // Tenths, so that several classes are often equally probable.
  const raw = list(rowCount, (row) => list(levels, (level) => Math.round(10 * random()) / 10 + 0.01 + Number(level === truth[row] && random() < 0.6)));
  const rows = raw.map((each) => each.map((value) => value / each.reduce((sum, other) => sum + other, 0)));
  // In some tables the last class is never predicted, in others only the first.
  const offered = table % 5 === 0 ? levels - 1 : table === 17 ? 1 : levels;
  const predicted = rows.map((each) => each.indexOf(Math.max(...each.slice(0, offered))));
  return { truth, predicted, probabilities: list(levels, (level) => rows.map((each) => each[level]!)), weights: weights(rowCount) };
}

export function regressionTable(table: number) {
  const { random, whole, list, weights, normal } = dice(2_000 + table);
  const rowCount = rowsOf(table, whole, 2);
  const scale = 10 ** (whole(9) - 4);
  // Zeros and repeats; sometimes all equal, then whole and without weights, since scikit-learn rounds their mean.
  const truth = list(rowCount, () => (table % 14 === 10 ? 5 : scale * Math.round(10 * (normal() + 2))));
  const predicted = truth.map((each) => (table % 9 === 4 || random() < 0.1 ? each : each + scale * normal()));
  return { truth, predicted, weights: weights(rowCount) };
}

export function rankingTable(table: number) {
  const { random, whole, list, weights } = dice(3_000 + table);
  const [lists, items] = [1 + whole(20), 2 + whole(30)];
  const relevance = list(lists, (at) => list(items, () => (at % 6 === 5 ? 0 : whole(5) * Number(random() < 0.5))));
  const scores = list(lists, () => list(items, () => whole(table % 3 === 0 ? 4 : 1_000)));
  return { relevance, scores, weights: weights(lists), top: table % 4 === 0 ? 1 + whole(items) : null };
}

export function clusterTable(table: number) {
  const { whole, list, normal } = dice(4_000 + table);
  const rowCount = (rowsOf(table, whole, 5) % 120) + 5;
  const [count, width] = [2 + whole(Math.min(6, rowCount - 3)), 1 + whole(5)];
  const clusters = list(rowCount, (row) => (row < count ? row : whole(count)));
  // Whole numbers, so that rows lie at one place; in some tables those of a cluster all do.
  const spread = table % 10 === 9 ? 0 : 2;
  const rows = clusters.map((own) => list(width, (at) => Math.round(spread * normal()) + own * (at + 1)));
  return { rows, clusters };
}
