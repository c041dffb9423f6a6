import { weightedMean } from './probability.ts';

/** One list to be ranked: how relevant each item is, and the score that ranks it. */
export interface RankedList {
  readonly relevance: ArrayLike<number>;
  readonly scores: ArrayLike<number>;
  readonly weight?: number;
}

const discount = (place: number): number => 1 / Math.log2(place + 2);

/** Discounted cumulative gain of the first `top` places; items of equal score share the mean of their gains (McSherry & Najork 2008). */
function discountedGain(relevance: ArrayLike<number>, scores: ArrayLike<number>, top: number): number {
  const order = Array.from({ length: relevance.length }, (_, item) => item).sort((a, b) => scores[b]! - scores[a]!);
  let gain = 0;
  for (let from = 0; from < order.length && from < top;) {
    let [to, sum, discounts] = [from, 0, 0];
    while (to < order.length && scores[order[to]!] === scores[order[from]!]) {
      sum += relevance[order[to]!]!;
      if (to < top) discounts += discount(to);
      to += 1;
    }
    gain += (sum / (to - from)) * discounts;
    from = to;
  }
  return gain;
}

/**
 * Normalised discounted cumulative gain, the mean over lists, from 0 to 1: gain relevance / log2(place + 1) against the best order; a list
 * without anything relevant counts 0 (Järvelin & Kekäläinen 2002; scikit-learn's ndcg_score). Relevances are not negative.
 */
export function ndcg(lists: readonly RankedList[], top = Infinity): number {
  const weights = lists.some(({ weight }) => weight !== undefined) ? Float64Array.from(lists, ({ weight }) => weight ?? 1) : undefined;
  return weightedMean(lists.length, weights, (list) => {
    const { relevance, scores } = lists[list]!;
    const best = discountedGain(relevance, relevance, top);
    return best > 0 ? discountedGain(relevance, scores, top) / best : 0;
  });
}
