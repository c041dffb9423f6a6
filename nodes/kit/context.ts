import type { OpenConnection, ReadRows } from './connection.ts';
import type { CellDialect } from './dialect.ts';
import type { Columns, Table, TableSchema } from './table.ts';
import type { ModelSummary } from './reports.ts';
import type { Signature } from './signature.ts';
import type { ColumnSchema, ColumnValues } from './table.ts';
import type { FileValue, Model } from './kinds.ts';

/**
 * Something a step asks of the server beyond its outputs. Effects are carried out once, in the transaction that publishes the step's result,
 * so a step that is repeated after a crash does not repeat them.
 */
export type Effect =
  | {
      readonly type: 'register-model';
      readonly name: string;
      readonly description: string;
      /** Each names the new version from then on. */
      readonly aliases: readonly string[];
      readonly tags: Readonly<Record<string, string>>;
      readonly input: string;
    }
  | { readonly type: 'save-dataset'; readonly name: string; readonly description: string; readonly input: string }
  | {
      readonly type: 'deploy';
      readonly endpoint: string;
      readonly mode: 'live' | 'shadow';
      /** Share of the traffic in percent. */
      readonly weight: number;
      readonly settings: {
        readonly workers: number;
        readonly queueLimit: number;
        readonly timeLimitMilliseconds: number;
        readonly idleMinutes: number;
      };
      readonly input: string;
    };

/** A column with its values, as trainers see it: numbers already rounded to float32, strings with "" for missing. */
export interface TrainingColumn {
  readonly schema: ColumnSchema;
  readonly values: ColumnValues;
}

/** Rows to learn from without a label, as clustering and anomaly detection do. */
export interface FeatureData {
  readonly features: readonly TrainingColumn[];
  /** Above zero, one a row. */
  readonly weights?: Float64Array;
  readonly rowCount: number;
  /** sha256 of the stored table that the rows are of. */
  readonly dataHash?: string;
}

export interface LabelledData extends FeatureData {
  readonly label: TrainingColumn;
}

export interface TrainingData extends LabelledData {
  /** Rows that are not learned from: where their loss stops falling, training may end early. They have the same feature columns. */
  readonly validation?: LabelledData;
}

export interface FitContext {
  readonly signal: AbortSignal;
  log(message: string): void;
  /** From 0 to 1, with a short text such as `tree 12 of 100`. */
  progress(fraction: number, message?: string): void;
  /** One point of a live curve, such as training loss by iteration. */
  metric(name: string, value: number, iteration: number): void;
  /** Threads that the step may use. */
  readonly threads: number;
}

/** The size of a table to learn from, as it is known before anything is read: a category counts one column, of however many levels it is. */
export interface TrainingShape {
  readonly rowCount: number;
  readonly columnCount: number;
}

/** Memory that a training takes beside the table that it is given. */
export interface MemoryNeed {
  /** At least so many. */
  readonly bytes: number;
  /** More than this is refused, also where the machine has more. */
  readonly limit?: number;
  /** What to do about it, as a sentence. */
  readonly advice?: string;
}

/** The training algorithm behind a learner node; gives an ONNX file that carries its signature and summary. */
export interface Trainer {
  readonly learner: string;
  memory(shape: TrainingShape, params: Record<string, unknown>): MemoryNeed | Promise<MemoryNeed>;
  fit(data: TrainingData, params: Record<string, unknown>, context: FitContext): Promise<Model>;
}

/** The same for algorithms that learn without a label. */
export interface UnsupervisedTrainer {
  readonly learner: string;
  memory(shape: TrainingShape, params: Record<string, unknown>): MemoryNeed;
  fit(data: FeatureData, params: Record<string, unknown>, context: FitContext): Promise<Model>;
}

/** A fitted graph in memory, to be applied many times. */
export interface OpenGraph {
  apply(inputs: Columns, rowCount: number, signal?: AbortSignal): Promise<Columns>;
  /** Frees it; call it in the end, also after an error. */
  close(): Promise<void>;
}

/** Runs a fitted graph over columns in ONNX Runtime, in batches. */
export interface OnnxRunner {
  open(onnx: Uint8Array, signature: Signature): Promise<OpenGraph>;
  /** Opens the graph for a single use. */
  apply(onnx: Uint8Array, signature: Signature, inputs: Columns, rowCount: number, signal?: AbortSignal): Promise<Columns>;
}

/** All that a run may use besides its inputs and parameters. */
export interface RunContext extends FitContext {
  /** An output table from columns in memory. */
  table(schema: TableSchema, columns: Columns): Promise<Table>;
  /**
   * An output table with the columns of `schema`, in its order: those that `columns` has, with a value for each row of the table, and the
   * table's own, which pass from file to file.
   */
  beside(table: Table, columns: Columns, schema: TableSchema): Promise<Table>;
  /**
   * An output table with columns of tables of equally many rows side by side, in the order of `schema`: each is taken from the last table that has
   * it. It is made in little memory, however many columns there are.
   */
  sideBySide(tables: readonly Table[], schema: TableSchema): Promise<Table>;
  /** An output table from a query over tables, named as in `inputs`; types come from the query, category and roles from `schema`. */
  query(sql: string, inputs: Readonly<Record<string, Table>>, schema: TableSchema): Promise<Table>;
  /** Rows of a small aggregate query over tables, for fitting. Numbers as number, text as string, missing as null. */
  rows(sql: string, inputs: Readonly<Record<string, Table>>): Promise<Record<string, number | string | boolean | null>[]>;
  /** Some columns of a table, as an input of queries: to plan one takes with all the columns of its inputs, not with those that it names. */
  only(table: Table, names: readonly string[]): Promise<Table>;
  /** Reads a file in a tabular format into a table; the one reader that previews, uploads and runs share. */
  readFile(path: string, options: ReadOptions): Promise<Table>;
  /** Fetches a URL into the scratch folder, within limits and only where the installation's owner allows. */
  download(url: string): Promise<FileValue>;
  /** Opens a connection that the node's `assets` name; it is closed when the step ends. */
  connection(name: string): Promise<OpenConnection>;
  /** Fetches a file of a connection into the scratch folder. */
  fetch(connection: OpenConnection, path: string): Promise<FileValue>;
  /** An output table from batches, written as they come. */
  collect(rows: ReadRows): Promise<Table>;
  /** The rows of a table in batches, read as they are asked for. */
  batches(table: Table, batchRows: number): ReadRows;
  /** The path of a table as a Parquet file; not to be changed. */
  parquet(table: Table): Promise<string>;
  /** What the node gave last, for one that adds to it (`AssetUse.keeps`); null to begin anew. */
  readonly kept: Table | null;
  readonly onnx: OnnxRunner;
  dataset(name: string, version: number | null): Promise<Table>;
  file(id: string): Promise<FileValue>;
  trainer(learner: string): Promise<Trainer>;
  unsupervisedTrainer(learner: string): Promise<UnsupervisedTrainer>;
  effect(effect: Effect): void;
  /** An empty folder that is gone when the step ends. */
  readonly scratch: string;
}

export const FILE_FORMATS = ['csv', 'tsv', 'json', 'parquet', 'excel', 'arrow', 'arff', 'svmlight'] as const;

/** `windows-1252` is Latin-1 as the web knows it; `utf-16` goes by its byte order mark, else is little-endian. */
export const TEXT_ENCODINGS = ['utf-8', 'utf-16', 'utf-16le', 'utf-16be', 'windows-1252'] as const;

/** How a file is to be read. All but `format` is found in the file, or has the usual value, where it is left out. */
export interface ReadOptions extends CellDialect {
  readonly format: 'auto' | (typeof FILE_FORMATS)[number];
  readonly header?: 'auto' | 'yes' | 'no';
  readonly delimiter?: string;
  /** The character around cells that hold delimiters; the empty text: none. */
  readonly quote?: '"' | "'" | '';
  /** Lines to leave out at the beginning of a text file. */
  readonly skipRows?: number;
  readonly encoding?: 'auto' | (typeof TEXT_ENCODINGS)[number];
  /** The file of a ZIP archive, by its path within. */
  readonly member?: string;
  /** The sheet of a workbook, by its name; else the first with data. */
  readonly sheet?: string;
}
export type { ModelSummary };
