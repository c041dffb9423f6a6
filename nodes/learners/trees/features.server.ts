import type { FeatureData } from '../../kit/context.ts';
import type { MatrixSource } from '../../kernels/binning.server.ts';
import { prepareFeatures, type Features } from '../features.server.ts';

/** Levels from which on a split is a set of levels; of two, a threshold between their places tells as much and scores faster. */
const SET_LEVELS = 3;

/** Numbers as they are, categories as places of their levels. Throws as `prepareFeatures`. */
export const treeFeatures = (data: FeatureData): Features => prepareFeatures(data, { missing: 'keep', scaling: 'none', categories: 'codes' });

/** The columns of the matrix as kernels read them, one at a time; `rows` picks some, all by default. */
export const treeColumns = (
  features: Features,
  values: (index: number) => Float32Array = (index) => features.values(index),
  rows?: Uint32Array,
): MatrixSource[] =>
  features.columns.map(({ levels }, index) => ({
    levels: levels && levels.length >= SET_LEVELS ? levels.length : undefined,
    get values() {
      const all = values(index);
      return rows ? Float32Array.from(rows, (row) => all[row]!) : all;
    },
  }));
