import type { FeatureData, FitContext } from '../../kit/context.ts';
import { NodeError } from '../../kit/issues.ts';
import type { Model } from '../../kit/kinds.ts';
import { clusterRows, type Clusters } from '../../kernels/k-means.server.ts';
import { prepareFeatures, type Features } from '../features.server.ts';
import { modelOf } from '../model.server.ts';
import { turns } from '../../kernels/turns.ts';
import { distanceScore } from './distance-score.ts';
import { K_MEANS, type KMeansParams } from './params.ts';

export interface FittedClusters {
  readonly model: Model;
  readonly features: Features;
  readonly clusters: Clusters;
}

/** The columns that distances are measured in: numbers with their mean for a missing one, an indicator for each level. */
export const clusterFeatures = (data: FeatureData, params: KMeansParams): Features =>
  prepareFeatures(data, { missing: 'impute', scaling: params.normalize ? 'range' : 'none' });

/** Throws as `clusterRows` and `prepareFeatures`. */
export async function fitClusters(
  data: FeatureData,
  params: KMeansParams,
  context: FitContext,
  features = clusterFeatures(data, params),
): Promise<FittedClusters> {
  if (data.rowCount < params.clusters) {
    const message = `There are ${data.rowCount} rows, fewer than the ${params.clusters} clusters wanted. Choose fewer centroids.`;
    throw new NodeError('rows_none', message, { param: 'clusters' });
  }
  const { clusters: count, starts, iterations } = params;
  const rows = { rowCount: data.rowCount, width: features.columns.length, column: (index: number) => features.values(index), weights: data.weights };
  let best: Clusters | null = null;
  for (let start = 0; start < starts; start += 1) {
    const found = await clusterRows(
      rows,
      { ...params, clusters: count, seed: params.seed + start, batchRows: params.method === 'mini-batch' ? params.batchRows : undefined },
      {
        breathe: turns(context.signal),
        threads: context.threads,
        iterate(iteration, inertia) {
          if (starts === 1) context.metric('sum of squared distances', inertia, iteration);
          const done = Math.min(1, iteration / Math.min(iterations, iteration + 20));
          context.progress((start + done) / starts, starts > 1 ? `start ${start + 1} of ${starts}` : `iteration ${iteration}`);
        },
      },
    );
    if (starts > 1) context.metric('sum of squared distances', found.inertia, start + 1);
    if (!best || found.inertia < best.inertia) best = found;
  }
  return { model: clusterModel(data, params, features, best!), features, clusters: best! };
}

function clusterModel(data: FeatureData, params: KMeansParams, features: Features, clusters: Clusters): Model {
  const { sizes, history, converged } = clusters;
  const listed = [...sizes].slice(0, 20).map((size, cluster) => `${cluster}: ${Number(size.toFixed(2)).toLocaleString('en-US')}`);
  return modelOf({
    learner: K_MEANS.type,
    title: K_MEANS.title,
    task: 'clustering',
    params,
    data,
    features,
    centres: sizes.length,
    score: distanceScore(clusters.centres, features.columns.length),
    importance: betweenShares(clusters, features),
    history,
    notes: [
      `The centres ${converged ? 'came to rest' : 'still moved'} after ${history.length} iteration${history.length === 1 ? '' : 's'}.`,
      `${data.weights ? 'Weight' : 'Rows'} of the clusters: ${listed.join(', ')}${sizes.length > 20 ? ', …' : ''}.`,
    ],
  });
}

/** How much of what lies between the centres each feature tells. */
function betweenShares({ centres, sizes }: Clusters, features: Features): Map<string, number> {
  const width = features.columns.length;
  const total = sizes.reduce((sum, each) => sum + each, 0);
  const between = features.columns.map((_, index) => {
    const mean = sizes.reduce((sum, size, cluster) => sum + size * centres[cluster * width + index]!, 0) / total;
    return sizes.reduce((sum, size, cluster) => sum + size * (centres[cluster * width + index]! - mean) ** 2, 0);
  });
  const all = between.reduce((sum, each) => sum + each, 0) || 1;
  const importance = new Map(features.inputs.map((each) => [each.name, 0]));
  features.columns.forEach(({ feature }, index) => importance.set(feature, importance.get(feature)! + between[index]! / all));
  return importance;
}
