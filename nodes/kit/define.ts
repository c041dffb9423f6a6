import type { z } from 'zod';
import type { RunContext } from './context.ts';
import type { ConnectionAbility } from './connection.ts';
import type { Issue, IssueCode } from './issues.ts';
import type { Kind, ModelSpec, SpecOf, ValueOf } from './kinds.ts';
import type { ColumnSchema, TableSchema } from './table.ts';

export interface Port<K extends Kind = Kind> {
  readonly kind: K;
  readonly title: string;
  readonly optional?: boolean;
}
export type Ports = Readonly<Record<string, Port>>;

/** What `infer` sees of its inputs: a spec per port, undefined where nothing is wired or known. */
export type Specs<P extends Ports> = { readonly [N in keyof P]?: SpecOf<P[N]['kind']> };
/** What `run` gets and gives: a value per port; optional ports may be undefined. */
export type Values<P extends Ports> = {
  readonly [N in keyof P as P[N] extends { optional: true } ? never : N]: ValueOf<P[N]['kind']>;
} & { readonly [N in keyof P as P[N] extends { optional: true } ? N : never]?: ValueOf<P[N]['kind']> };

export interface Inferred<O extends Ports> {
  readonly outputs: { readonly [N in keyof O]?: SpecOf<O[N]['kind']> };
  readonly issues: readonly Issue[];
}

/** What DuckDB tells of a query without data: the columns of its result, or why it cannot run, in DuckDB's own words. */
export type QueryCheck =
  { readonly columns: readonly { readonly name: string; readonly type: ColumnSchema['type'] }[] } | { readonly code: IssueCode; readonly message: string };

/** What the workspace knows without running: schemas of datasets and of uploaded files, and what DuckDB told of queries. */
export interface Assets {
  dataset(name: string, version: number | null): TableSchema | undefined;
  file(id: string): TableSchema | undefined;
  /** What a connection can do; null where there is none of that name. Absent where connections are not known. */
  connection?(name: string): ConnectionAbility | null;
  /** A registered model by the number of a version, an alias, or `latest`; null where there is none. Absent where models are not known. */
  model?(name: string, version: string): ModelSpec | null;
  /** What is known of a query over tables of these schemas; undefined where no one has asked DuckDB yet, or the schemas are open. */
  query?(sql: string, inputs: Readonly<Record<string, TableSchema>>): QueryCheck | undefined;
}
export const NO_ASSETS: Assets = { dataset: () => undefined, file: () => undefined };

/** Which assets a node reads; the engine pins them when the run starts and puts their content hash into the step's key. */
export interface AssetUse {
  readonly datasets?: readonly { name: string; version: number | null }[];
  readonly files?: readonly string[];
  /** Names of connections that it reads from or writes to. */
  readonly connections?: readonly string[];
  /** Registered models: a version's number, an alias, or `latest`. */
  readonly models?: readonly { readonly name: string; readonly version: string }[];
  /** What a node of the pipeline's training pipeline gave: in the run of that number, or null for its newest good one. */
  readonly fitted?: readonly { readonly node: string; readonly port: string; readonly run: number | null }[];
  /** It adds to what it gave last on that port (`RunContext.kept`), as long as no other parameters than these have changed since. */
  readonly keeps?: { readonly port: string; readonly regardlessOf: readonly string[] };
}

/**
 * What the node becomes when a training pipeline turns into an inference pipeline:
 * `fitted` – its fitted output takes its place; `columns` – row-wise, described by `atScoringColumns`; `identity` – it vanishes;
 * `source` – the request takes its place; `refuse` – with the reason.
 */
export type AtScoring =
  | {
      readonly as: 'fitted';
      readonly output: string;
      readonly input: string;
      readonly through: string;
      /** The rows that it was fitted on leave otherwise than the fitted graph has them, such as with out-of-fold values. */
      readonly ownRowsDiffer?: true;
    }
  | { readonly as: 'columns'; readonly input: string; readonly through: string; readonly steps: readonly ColumnStep[] }
  | { readonly as: 'identity'; readonly note?: string }
  | { readonly as: 'source' }
  | { readonly as: 'train' }
  | { readonly as: 'score' }
  | { readonly as: 'vanish' }
  | { readonly as: 'refuse'; readonly reason: string };

/** A row-wise change of columns that needs no fitting, in terms that compile to ONNX. */
export type ColumnStep =
  | { readonly do: 'keep'; readonly columns: readonly string[] }
  | { readonly do: 'rename'; readonly from: string; readonly to: string }
  | { readonly do: 'cast'; readonly column: string; readonly to: ColumnSchema['type'] }
  /** A column of an expression (kit/expression) over those before it, in place of the one of that name or after all others. */
  | { readonly do: 'derive'; readonly name: string; readonly expression: string };

/** The families by which people look for node types. */
export const CATEGORIES = [
  'Data input and output',
  'Data transformation',
  'Feature selection',
  'Text analytics',
  'Statistical functions',
  'Machine learning: regression',
  'Machine learning: classification',
  'Machine learning: clustering',
  'Machine learning: anomaly detection',
  'Model training',
  'Model scoring and evaluation',
  'Deployment',
] as const;
export type Category = (typeof CATEGORIES)[number];
/** The tint of a node card (look: families). */
export type Family = 'data' | 'transform' | 'learn' | 'score' | 'text' | 'deploy' | 'script';

/** Answers to what a relational node asks, by name: yes or no, or a text; null where a query gave nothing. */
export type Answers = Readonly<Record<string, boolean | string | null>>;

/**
 * An SQL query that can be asked for some columns of its result alone. Where tables have hundreds of columns it is, some at a time: DuckDB plans a query
 * in a time that grows with the square of its columns, and holds some rows of all of them.
 */
export interface ColumnQuery {
  /** SQL for these columns, in this order, or for all of them; the rows are the same ones, in the same order. It names columns in double quotes. */
  select(names?: readonly string[]): string;
  /** Columns of the input `data` that leave as they are, every row of them. */
  readonly passing?: readonly string[];
  /** Tables that it names beside the inputs when it is asked for some columns: each by SQL over the inputs and the tables before it. */
  readonly tables?: Readonly<Record<string, string>>;
}

/** The query for all columns. */
export const wholeQuery = (query: string | ColumnQuery): string => (typeof query === 'string' ? query : query.select());

export interface NodeDefinition<I extends Ports = Ports, O extends Ports = Ports, P extends z.ZodObject = z.ZodObject> {
  /** Equals the folder's name; unique over all families; never renamed. */
  readonly type: string;
  /** Rises when the meaning of parameters or results changes; part of every step key. */
  readonly version: number;
  readonly title: string;
  readonly category: Category;
  readonly family: Family;
  /** Name of the icon in web/lib/ui/icons.ts. */
  readonly icon: string;
  readonly summary: string;
  readonly keywords: readonly string[];
  readonly inputs: I;
  readonly outputs: O;
  readonly params: P;
  /** False: never reused from an earlier run. */
  readonly deterministic: boolean;
  /** True for parameters that ask for a fresh result each time, such as Import Data's "Regenerate output": the step is then never reused. */
  alwaysRuns?(params: z.output<P>): boolean;
  /** True: part of inference pipelines that are made for people; not offered in the library. */
  readonly hidden?: true;
  /** One short line for the card, such as `total_charges → median`. */
  describe?(params: z.output<P>): string;
  /** Total: never throws. Gives the schemas that leave, and the problems seen. */
  infer(inputs: Specs<I>, params: z.output<P>, assets: Assets): Inferred<O>;
  /**
   * A relational node is only SQL over its inputs, named by port: one query per output. `run` is then not needed. Called with the true input
   * schemas; identifiers must be quoted with `quoteName`. `answers` are those to what it asks.
   */
  sql?(inputs: Specs<I>, params: z.output<P>, answers: Answers): { readonly [N in keyof O]: string | ColumnQuery };
  /** Questions about the data that its SQL hangs on, as queries that give one cell; a lazy table stays a query only where no answer is false. */
  asks?(inputs: Specs<I>, params: z.output<P>): Readonly<Record<string, string>>;
  /**
   * Its SQL is cheap to do again: a large table that only queries read may then stay a query, and is written when someone looks at it. `row-wise`:
   * each row gives one row, whatever is in it, and no number is NaN; else the query is counted, so that what fails fails in its own step.
   */
  readonly lazy?: 'row-wise' | 'counted';
  assets?(params: z.output<P>): AssetUse;
  atScoring(params: z.output<P>, inputs: Specs<I>): AtScoring;
  /** `migrate[n]` turns the parameters of version n − 1 into those of version n. */
  readonly migrate?: Readonly<Record<number, (params: Record<string, unknown>) => Record<string, unknown>>>;
}

/** Any node type, with its types forgotten; what catalogs hold. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a catalog holds every node type; variance rules out a precise type
export type AnyNode = NodeDefinition<any, any, any>;
export type Catalog = Readonly<Record<string, AnyNode>>;

export function defineNode<const I extends Ports, const O extends Ports, P extends z.ZodObject>(definition: NodeDefinition<I, O, P>): NodeDefinition<I, O, P> {
  return definition;
}

export type RunOf<D> =
  D extends NodeDefinition<infer I, infer O, infer P> ? (inputs: Values<I>, params: z.output<P>, context: RunContext) => Values<O> | Promise<Values<O>> : never;

/** The work of a node type; inputs, params and outputs are typed by its definition. */
export function defineRun<D extends AnyNode>(_definition: D, run: RunOf<D>): RunOf<D> {
  return run;
}
/** Any run, with its types forgotten; a method, since catalogs hold runs of narrower inputs. */
export type AnyRun = {
  run(inputs: Record<string, unknown>, params: Record<string, unknown>, context: RunContext): Promise<Record<string, unknown>> | Record<string, unknown>;
}['run'];

export interface Case<D> {
  readonly name: string;
  readonly params?: D extends NodeDefinition<Ports, Ports, infer P> ? z.input<P> : Record<string, unknown>;
  readonly inputs?: D extends NodeDefinition<infer I, Ports, z.ZodObject> ? Partial<Values<I>> : Record<string, unknown>;
  /** Either outputs to equal (tables by schema names and values, numbers to 1e-6; other kinds by the given subset), or the code of an issue or error. */
  readonly expect: { readonly outputs: Readonly<Record<string, unknown>> } | { readonly issue: IssueCode };
}

/** Examples of a node type: tests, and the examples of its help. */
export function defineCases<D extends AnyNode>(_definition: D, cases: readonly Case<D>[]): readonly Case<D>[] {
  return cases;
}

/** Quotes an SQL identifier. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** Quotes an SQL string. */
export const quoteText = (value: string): string => `'${value.replaceAll("'", "''")}'`;
