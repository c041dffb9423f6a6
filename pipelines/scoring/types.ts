import type { ColumnStep } from '#nodes/kit/define.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { PlacedIssue } from '../check.ts';
import type { PipelineDocument } from '../document.ts';

/** An output port of a node of the training pipeline. */
export interface Place {
  readonly node: string;
  readonly port: string;
  /** The number of the run whose result counts; without it the newest good one. */
  readonly run?: number;
}

/** One stage between the request and the model, in order: a fitted graph of the training run, or row-wise changes of columns. */
export type Stage =
  | { readonly node: string; readonly as: 'graph'; readonly from: Place }
  | { readonly node: string; readonly as: 'columns'; readonly steps: readonly ColumnStep[] };

/** Where rows lie on which a fused model can be proved. */
export interface ProofPlaces {
  /** Rows as a request would send them (with more columns): what entered the first stage. */
  readonly raw: Place;
  /** The same rows as the run prepared them for the model; null when rows are taken away or reordered in between. */
  readonly prepared: Place | null;
}

export interface Scoring {
  /** Without the model itself: that is `trained`. */
  readonly stages: readonly Stage[];
  /** What a request holds: the source's columns without the label and without what the path drops first. */
  readonly input: TableSchema;
  /** The data source whose place the request takes. */
  readonly source: Place;
  readonly trained: Place;
  readonly proof: ProofPlaces;
}

/** `document` and the rest are null when an issue of level error says why not; notes are warnings. */
export type InferenceResult =
  | ({ readonly document: PipelineDocument; readonly issues: readonly PlacedIssue[] } & Scoring)
  | {
      readonly document: null;
      readonly stages: readonly [];
      readonly input: null;
      readonly source: null;
      readonly trained: null;
      readonly proof: null;
      readonly issues: readonly PlacedIssue[];
    };
