import * as param from '../../kit/params.ts';

export interface ForestDefaults {
  readonly trees: number;
  readonly columns: 'sqrt' | 'third' | 'all';
  readonly resampling: 'bagging' | 'replicate';
}

/** The parameters that all decision forests share. */
export const forestParams = ({ trees, columns, resampling }: ForestDefaults) => ({
  mode: param.trainerMode(),
  resampling: param.choice({
    title: 'Resampling method',
    help: 'Bagging: each tree learns from as many rows as there are, drawn with repetition. Replicate: from all rows.',
    options: { bagging: 'Bagging', replicate: 'Replicate' },
    default: resampling,
  }),
  trees: param.integer({ title: 'Number of decision trees', help: 'More are steadier, and larger.', default: trees, minimum: 1, maximum: 10_000 }),
  treesRange: param.range({ title: 'Numbers of decision trees', default: [8, 32, 100], minimum: 1, maximum: 10_000, whole: true }),
  maximumDepth: param.integer({
    title: 'Maximum depth of the decision trees',
    help: 'Splits one after the other. 0: no limit.',
    default: 32,
    minimum: 0,
    maximum: 1_000,
  }),
  maximumDepthRange: param.range({ title: 'Maximum depths', default: [8, 16, 32], minimum: 0, maximum: 1_000, whole: true }),
  minimumSamples: param.integer({
    title: 'Minimum number of samples per leaf node',
    help: 'Rows that a leaf must hold at least. More give smoother answers and smaller models.',
    default: 1,
    minimum: 1,
    maximum: 1_000_000,
  }),
  minimumSamplesRange: param.range({ title: 'Minimum numbers of samples', default: [1, 4, 16], minimum: 1, maximum: 1_000_000, whole: true }),
  columns: param.choice({
    title: 'Columns tried per split',
    help: 'Drawn anew for each split. Fewer make the trees differ more.',
    options: { sqrt: 'Square root of all', third: 'A third', all: 'All' },
    default: columns,
    advanced: true,
  }),
  seed: param.seed({ help: 'Draws rows, columns and cuts. The same seed gives the same model.' }),
});

/** How many cuts of a column are tried; not for cuts at random. */
export const splitsParams = () => ({
  splits: param.integer({
    title: 'Number of random splits per node',
    help: 'Cuts tried in each column, at values that part its rows evenly; at most 254.',
    default: 128,
    minimum: 1,
    maximum: 254,
  }),
  splitsRange: param.range({ title: 'Numbers of random splits', default: [32, 128, 254], minimum: 1, maximum: 254, whole: true }),
});

export interface ForestParams {
  readonly resampling: 'bagging' | 'replicate';
  readonly trees: number;
  readonly maximumDepth: number;
  readonly minimumSamples: number;
  readonly columns: 'sqrt' | 'third' | 'all';
  readonly seed: number;
  readonly splits?: number;
}

export const describeForest = ({ trees, maximumDepth }: ForestParams): string => `${trees} trees${maximumDepth > 0 ? `, depth ${maximumDepth}` : ''}`;
