import type { ColumnStep, QueryCheck } from '#nodes/kit/define.ts';
import type { Effect, ReadOptions } from '#nodes/kit/context.ts';
import type { IssueCode } from '#nodes/kit/issues.ts';
import type { Kind } from '#nodes/kit/kinds.ts';
import type { ConnectionItem } from '#nodes/kit/connection.ts';
import type { Signature } from '#nodes/kit/signature.ts';
import type { ColumnRole, ColumnType, TableSchema } from '#nodes/kit/table.ts';
import type { ModelSummary } from '#nodes/kit/reports.ts';
import type { LearnerSpec, Learner } from '#nodes/kit/kinds.ts';
import type { ImportedMeaning, InspectedGraph } from '#nodes/kit/onnx/imported/types.ts';
import type { ModelTrial } from '#server/db/schema/models.ts';
import type { ConnectionSpec } from '#server/connections/open.ts';
import type { Baseline } from '#server/monitoring/baseline.ts';
import type { TableQuery } from './table-query.ts';

/** What the store knows of an artifact beside its bytes. */
export type ArtifactMeta =
  | {
      readonly kind: 'table';
      readonly schema: TableSchema;
      readonly rowCount: number;
      /** The file holds this query, not the rows. */
      readonly query?: TableQuery;
    }
  | { readonly kind: 'learner'; readonly spec: LearnerSpec; readonly value: Learner }
  | { readonly kind: 'model'; readonly signature: Signature; readonly summary: ModelSummary }
  | { readonly kind: 'transform'; readonly signature: Signature }
  | { readonly kind: 'report'; readonly report: string }
  | { readonly kind: 'file' | 'images'; readonly name: string };

/** An artifact that a step may read: a file in the store. Tables are Parquet, models and transforms ONNX, learners and reports JSON. */
export interface ArtifactFile {
  readonly hash: string;
  readonly path: string;
  readonly bytes: number;
  readonly meta: ArtifactMeta;
  /** Of a table that is a query: the paths of the tables that it reads, by hash. */
  readonly sources?: Readonly<Record<string, string>>;
}

/** All that a step process gets to know. */
export interface StepSpec {
  readonly attemptId: string;
  /** The same in all attempts of the step, also in a run that goes on with the one before. */
  readonly stepId: string;
  readonly node: { readonly id: string; readonly type: string; readonly version: number };
  readonly params: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, ArtifactFile>>;
  readonly datasets: Readonly<Record<string, ArtifactFile>>;
  readonly files: Readonly<Record<string, { readonly path: string; readonly name: string }>>;
  /** Where outputs are written, under any name; on the store's own file system, so that they can be renamed into it. */
  readonly outputFolder: string;
  /** Made by the step when it first needs it, and removed after the attempt. */
  readonly scratchFolder: string;
  readonly threads: number;
  readonly memoryBytes: number;
  /** Hosts that may be fetched although they are private addresses. */
  readonly allowedHosts: readonly string[];
  /** By name, with their secrets: in memory only. */
  readonly connections?: Readonly<Record<string, ConnectionSpec>>;
  /** What the node gave last, where it adds to that. */
  readonly kept?: ArtifactFile;
  /** Output ports whose tables are read by queries alone, so that a large one may stay a query. */
  readonly lazyPorts?: readonly string[];
}

export interface ProducedArtifact {
  readonly port: string;
  readonly kind: Kind;
  /** The file that was written and fsynced, with its sha256. When it equals an input's, `path` is that input's. */
  readonly path: string;
  readonly hash: string;
  readonly bytes: number;
  readonly meta: ArtifactMeta;
}

/** Work in a step process that is no step of a pipeline: all parsing of user files happens there too. */
export interface Tasks {
  /** Reads an uploaded file into a Parquet table; the dataset's first version. */
  ingest: {
    args: { path: string; name: string; outputFolder: string; options?: Partial<ReadOptions>; columns?: readonly ColumnChoice[] };
    result: { artifact: ProducedArtifact; notes: string[]; lost: readonly ColumnLoss[] };
  };
  /** Writes the rows of a table that is a query. */
  materialise: { args: { artifact: ArtifactFile; outputFolder: string }; result: ProducedArtifact };
  /** A window of rows of a table artifact, as text for people and as sortable values. */
  rows: {
    args: {
      artifact: ArtifactFile;
      offset: number;
      limit: number;
      /** Only the cells of so many columns, from this one, counted from 0. */
      columns?: { from: number; count: number };
      sort?: { column: string; descending: boolean };
      search?: string;
      /** A row is kept when all of them hold. */
      filters?: readonly RowFilter[];
      /** Texts are not cut. */
      whole?: boolean;
    };
    result: { rows: (string | number | boolean | null)[][]; rowCount: number };
  };
  /** Statistics and a small histogram or top values for each column. */
  profile: { args: { artifact: ArtifactFile }; result: TableProfile };
  /** How the numbers of a table go together, two by two. */
  correlation: { args: { artifact: ArtifactFile }; result: CorrelationMatrix };
  /** Pairs of values of two numeric columns, drawn from all rows. */
  pairs: { args: { artifact: ArtifactFile; x: string; y: string }; result: { points: (readonly [number, number])[]; rowCount: number } };
  /** What differs between the rows of two tables. */
  diff: {
    args: {
      before: ArtifactFile;
      after: ArtifactFile;
      /** Names of the columns that both have. */
      pairs: readonly { readonly before: string; readonly after: string }[];
      /** Names in `after`; empty to compare rows as wholes. */
      keys: readonly string[];
    };
    result: RowsDiff;
  };
  /** How many rows of two tables find a partner by their keys. */
  joinRates: {
    args: { left: ArtifactFile; right: ArtifactFile; keys: readonly { readonly left: string; readonly right: string }[]; matchCase: boolean };
    result: JoinRates;
  };
  /** Which columns miss values where, and together with which others. */
  missingMap: { args: { artifact: ArtifactFile }; result: MissingMap };
  /** How the values of columns of two tables are spread, over the same bins. */
  compareColumns: {
    args: { before: ArtifactFile; after: ArtifactFile; pairs: readonly { readonly before: string; readonly after: string }[] };
    result: ColumnComparison[];
  };
  /** What a query would give, without running it. */
  describeQuery: { args: { sql: string; inputs: Readonly<Record<string, TableSchema>> }; result: QueryCheck };
  /** Fuses the fitted graphs along a scoring path into one ONNX file and proves it equal to applying them one by one. */
  fuse: { args: FuseRequest; result: FuseResult };
  /** Looks through an ONNX file that was made elsewhere, puts columns around it and scores a few rows with it. */
  importModel: { args: ImportModelRequest; result: ImportModelResult };
  /** Writes a fitted graph whose inputs are plain columns, [rows] in place of [rows, 1], to a path. */
  plainColumns: { args: { path: string; signature: Signature; to: string }; result: null };
  /** How the training rows of a model, and its answers to them, are spread; `model` is the ONNX file's path. */
  baseline: { args: { table: ArtifactFile; model: string; signature: Signature }; result: Baseline };
  /** The first rows of an uploaded file under options, read as `ingest` reads it. */
  preview: {
    args: { path: string; name: string; options: Partial<ReadOptions>; columns: readonly ColumnChoice[]; limit: number };
    result: {
      schema: TableSchema;
      /** Of what was read. */
      rowCount: number;
      /** Only the beginning of a large file was read: types and counts may change with the rest. */
      partial: boolean;
      found: Readonly<FoundReading>;
      rows: (string | number | boolean | null)[][];
      notes: string[];
      lost: readonly ColumnLoss[];
    };
  };
  /** The files of an archive and the sheets of a workbook. */
  fileParts: { args: { path: string; member: string | undefined }; result: FileParts };
  /** Tries a connection; gives what it found, in words. */
  testConnection: { args: { connection: ConnectionSpec }; result: string };
  /** What a connection holds at a path. */
  listConnection: { args: { connection: ConnectionSpec; path: string }; result: readonly ConnectionItem[] };
  /** What the files at a path of a connection look like: path → a text that changes when the file does. */
  fingerprintConnection: { args: { connection: ConnectionSpec; path: string }; result: Readonly<Record<string, string>> };
  /** Schema of an uploaded file without storing it as a dataset. */
  sniff: { args: { path: string; name: string }; result: { schema: TableSchema; notes: string[] } };
}
export type TaskName = keyof Tasks;

/** How a file was read, of which parts were asked for and others found. What does not apply to its format is left out. */
export interface FoundReading {
  format: string;
  encoding?: string;
  delimiter?: string;
  /** The first line names the columns. */
  header?: boolean;
}

/** What there is to choose from in a file. */
export interface FileParts {
  /** Files of a ZIP archive, by their paths. */
  readonly members: readonly string[];
  /** Sheets of a workbook, also of one in an archive, in its order. */
  readonly sheets: readonly string[];
}

/** What people want of a column of a file; `name` is the one under which it is read. */
export interface ColumnChoice {
  readonly name: string;
  readonly as?: string;
  readonly type?: ColumnType;
  readonly role?: ColumnRole;
  readonly include?: boolean;
}
/** What a column loses by its chosen type. */
export interface ColumnLoss {
  readonly name: string;
  readonly type: ColumnType;
  /** Cells that become missing. */
  readonly missing: number;
  /** Numbers whose fraction is cut off. */
  readonly cut: number;
}

/** A condition on one column. Texts that stand for numbers, dates or booleans are read as such by the column's type; missing values hold for `missing` only. */
export type RowFilter =
  | { readonly column: string; readonly is: 'missing' | 'present' }
  | { readonly column: string; readonly is: 'contains' | 'equal' | 'unequal' | 'less' | 'greater'; readonly value: string }
  | { readonly column: string; readonly is: 'between'; readonly value: string; readonly to: string };

/** Pearson's correlation of each pair of numeric columns, over the rows in which neither is missing; null where one of them does not vary. */
export interface CorrelationMatrix {
  readonly columns: readonly string[];
  readonly values: readonly (readonly (number | null)[])[];
  /** Numeric columns that were left out, as there are more than the matrix holds. */
  readonly left: number;
}

/** One side of a join. */
export interface JoinSide {
  readonly rowCount: number;
  /** Rows that have a partner. */
  readonly matched: number;
  /** Rows whose key misses a value. */
  readonly missing: number;
  /** Different keys. */
  readonly keys: number;
  /** The most rows that one key has, among keys of both tables; 0 where there are none. */
  readonly most: number;
}
export interface JoinRates {
  readonly left: JoinSide;
  readonly right: JoinSide;
  /** Different keys that both tables have. */
  readonly commonKeys: number;
  /** Pairs of rows with equal keys: the rows of an inner join. */
  readonly matches: number;
}

/** Where values are missing. */
export interface MissingMap {
  readonly rowCount: number;
  readonly columnCount: number;
  /** Columns with missing values that were left out, as there are more than the map holds. */
  readonly left: number;
  /** Rows of each slice. */
  readonly slices: readonly number[];
  /** Rows that were looked at in each slice: all of them, or of a large table the first ones. All counts below are of these rows. */
  readonly looked: readonly number[];
  /** Columns with missing values; `slices` counts them. */
  readonly columns: readonly { readonly name: string; readonly missing: number; readonly slices: readonly number[] }[];
  /** The commonest combinations of columns that are missing together, among those of `columns`. */
  readonly combinations: readonly { readonly columns: readonly string[]; readonly rowCount: number }[];
  /** Rows of all other combinations. */
  readonly otherRows: number;
  /** Rows without missing values; null where such rows are too rare to be among the combinations. */
  readonly completeRows: number | null;
}

/** A column in two tables: counts over the same bins (`edges`; dates as milliseconds), or of the same `values`. */
export interface ColumnComparison {
  readonly before: string;
  readonly after: string;
  readonly edges: readonly number[] | null;
  readonly values: readonly string[] | null;
  readonly counts: readonly [readonly number[], readonly number[]];
}

/** What a reader should know of a column or a table before using it. */
export interface ProfileWarning {
  readonly code:
    | 'constant'
    | 'id_like'
    | 'high_cardinality'
    | 'skewed'
    | 'infinite_values'
    | 'imbalanced_label'
    | 'leaking'
    | 'duplicate_rows'
    | 'mostly_missing'
    | 'no_rows';
  readonly message: string;
}

export interface RowsDiff {
  readonly added: number;
  readonly removed: number;
  /** Null without keys: a changed row is then one that was removed and one that was added. */
  readonly changed: number | null;
  readonly same: number;
  /** With keys, the columns that differ in rows of equal keys. */
  readonly changedColumns: readonly { readonly name: string; readonly count: number }[] | null;
}

export interface ColumnProfile {
  readonly name: string;
  readonly type: string;
  readonly missing: number;
  readonly distinct: number;
  /** Whether `distinct` was counted or estimated. */
  readonly distinctExact: boolean;
  readonly minimum: number | string | null;
  readonly maximum: number | string | null;
  readonly mean: number | null;
  readonly median: number | null;
  readonly deviation: number | null;
  /** Numbers: values at 1, 5, 25, 50, 75, 95 and 99 %. */
  readonly quantiles: readonly { readonly level: number; readonly value: number }[] | null;
  readonly skewness: number | null;
  /** Excess kurtosis: 0 for the normal distribution. */
  readonly kurtosis: number | null;
  /** Numbers: how many are 0, and how many are below it. */
  readonly zeros: number | null;
  readonly negatives: number | null;
  /** Numbers: how many are infinite, which count as values but in no other figure. */
  readonly infinite: number | null;
  /** Text and categories: lengths in characters. */
  readonly lengths: { readonly minimum: number; readonly mean: number; readonly maximum: number } | null;
  /** Dates: the longest time without any. */
  readonly largestGap: { readonly from: string; readonly to: string; readonly milliseconds: number } | null;
  /** Numbers and dates: equal-width bins. */
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] } | null;
  /** Text, categories and booleans: the most frequent values. */
  readonly top: readonly { readonly value: string; readonly count: number }[] | null;
  readonly warnings: readonly ProfileWarning[];
}
export interface TableProfile {
  readonly rowCount: number;
  readonly columns: readonly ColumnProfile[];
  /** Rows that equal an earlier one; null where the table is too large to tell. */
  readonly duplicateRows: number | null;
  /** Of the table as a whole. */
  readonly warnings: readonly ProfileWarning[];
}

/** One stage of a scoring path, in order. */
export type FuseStage =
  | { readonly node: string; readonly as: 'graph'; readonly artifact: ArtifactFile }
  | { readonly node: string; readonly as: 'columns'; readonly steps: readonly ColumnStep[] };

export interface FuseRequest {
  /** The schema of the request: the data source's columns without the label. */
  readonly input: TableSchema;
  readonly stages: readonly FuseStage[];
  /** Rows to prove the fused graph on: what entered the path, and, where rows correspond one to one, what the run itself made of them before the model. */
  readonly proof: { readonly raw: ArtifactFile; readonly prepared: ArtifactFile | null; readonly limit: number };
  readonly outputFolder: string;
}
export interface EqualityProof {
  readonly rowCount: number;
  readonly equal: boolean;
  /** Largest relative difference of a number. */
  readonly largestDifference: number;
  readonly differingLabels: number;
  /** `run` = against the rows the run itself prepared; `stages` = against the fitted graphs applied one by one. */
  readonly against: 'run' | 'stages';
}
export interface FuseResult {
  readonly artifact: ProducedArtifact;
  readonly proof: EqualityProof;
  readonly sample: readonly Record<string, string | number | boolean | null>[];
}

export interface ImportModelRequest {
  readonly path: string;
  /** For people. */
  readonly title: string;
  /** How it is to be read; null: as it most likely is. */
  readonly meaning: ImportedMeaning | null;
  /** Rows to score, by column; null: made up ones. */
  readonly rows: readonly Readonly<Record<string, string | number | boolean | null>>[] | null;
  readonly outputFolder: string;
}
export interface ImportModelResult {
  readonly found: InspectedGraph;
  readonly meaning: ImportedMeaning;
  /** Why it cannot be read so, or does not score rows; null when all is well. */
  readonly why: string | null;
  readonly artifact: ProducedArtifact | null;
  readonly trial: ModelTrial | null;
}

export type ToProcess =
  | { readonly type: 'run'; readonly spec: StepSpec }
  | { readonly type: 'task'; readonly id: string; readonly task: TaskName; readonly args: unknown; readonly memoryBytes?: number }
  | { readonly type: 'cancel'; readonly id: string };

export type FromProcess =
  | { readonly type: 'ready'; readonly pid: number }
  /** The process has the job in hand; one that ends before it says so has done nothing of it. */
  | { readonly type: 'begun'; readonly id: string }
  | { readonly type: 'log'; readonly id: string; readonly level: 'info' | 'warning' | 'error'; readonly message: string }
  | { readonly type: 'progress'; readonly id: string; readonly fraction: number; readonly message: string }
  | { readonly type: 'metric'; readonly id: string; readonly name: string; readonly value: number | null; readonly iteration: number }
  | {
      readonly type: 'succeeded';
      readonly id: string;
      readonly outputs: readonly ProducedArtifact[];
      readonly effects: readonly Effect[];
      readonly peakBytes: number;
      /** Computing time of all threads of the process while it did the step. */
      readonly cpuMilliseconds: number;
    }
  | { readonly type: 'finished'; readonly id: string; readonly result: unknown }
  | {
      readonly type: 'failed';
      readonly id: string;
      readonly code: IssueCode;
      readonly message: string;
      readonly param: string | null;
      readonly cpuMilliseconds: number;
    }
  | { readonly type: 'cancelled'; readonly id: string };
