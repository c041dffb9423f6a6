/** What a number of clusters came to. */
export interface Tried {
  readonly clusters: number;
  readonly inertia: number;
  readonly silhouette: number;
  readonly daviesBouldin: number;
  readonly calinskiHarabasz: number;
}
export type SweepMetric = 'silhouette' | 'davies-bouldin' | 'calinski-harabasz' | 'elbow';

/** The best one by the metric, of equal ones the one with the fewest clusters; a figure that is not known is the worst. */
export function bestOf(tried: readonly Tried[], metric: SweepMetric): Tried {
  const values = metric === 'elbow' ? elbowHeights(tried) : tried.map((each) => valueOf(each, metric));
  return tried.reduce((best, each, index) => (values[index]! > values[tried.indexOf(best)]! ? each : best), tried[0]!);
}

function valueOf({ silhouette, daviesBouldin, calinskiHarabasz }: Tried, metric: SweepMetric): number {
  const value = metric === 'silhouette' ? silhouette : metric === 'davies-bouldin' ? -daviesBouldin : calinskiHarabasz;
  return Number.isNaN(value) ? -Infinity : value;
}

/** How far each point of the falling curve lies below the line between its ends, both axes brought to 0..1 (Satopää et al. 2011). */
function elbowHeights(tried: readonly Tried[]): number[] {
  const [first, last] = [tried[0]!, tried.at(-1)!];
  return tried.map(({ clusters, inertia }) => {
    const along = (clusters - first.clusters) / (last.clusters - first.clusters || 1);
    const fallen = (first.inertia - inertia) / (first.inertia - last.inertia || 1);
    return fallen - along;
  });
}
