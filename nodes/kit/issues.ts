/** Every code that a node type, the checker or a run can give. docs/errors.md explains each; a test holds both lists together. */
export const ISSUE_CODES = [
  'parameter_missing',
  'parameter_invalid',
  'port_missing',
  'column_missing',
  'column_wrong_type',
  'columns_none',
  'column_duplicate',
  'column_too_many_levels',
  'label_missing',
  'label_one_class',
  'label_not_two_classes',
  'label_not_numeric',
  'label_negative',
  'label_too_many_classes',
  'features_none',
  'rows_none',
  'rows_all_missing',
  'values_not_finite',
  'learner_wrong_task',
  'schema_differs',
  'data_unparsable',
  'data_empty',
  'data_missing',
  'source_unreachable',
  'source_refused',
  'connection_missing',
  'connection_refused',
  'connection_failed',
  'sql_invalid',
  'sql_refused',
  'model_mismatch',
  'scoring_refused',
  'scoring_note',
  'name_invalid',
  'wire_kind',
  'wire_dangling',
  'wire_duplicate',
  'cycle',
  'node_unknown_type',
  'node_newer_version',
  'node_duplicate',
  'node_off',
  'pin_missing',
  'parameter_unknown',
  'option_ignored',
  'memory_exhausted',
  'disk_full',
  'time_exhausted',
  'step_threw',
  'step_crashed',
  'compute_unknown',
] as const;
export type IssueCode = (typeof ISSUE_CODES)[number];

/** A change of this node's parameters that solves the issue; the canvas offers it as one click. */
export interface Fix {
  readonly title: string;
  readonly set: Readonly<Record<string, unknown>>;
}

/** A problem on a node: what is wrong, where, and what to do. */
export interface Issue {
  readonly code: IssueCode;
  /** `error` stops the run before it begins; `warning` does not. */
  readonly level: 'error' | 'warning';
  readonly message: string;
  readonly param?: string;
  readonly port?: string;
  /** In the text of the parameter: the characters that are wrong. */
  readonly range?: { readonly from: number; readonly to: number };
  readonly fix?: Fix;
}

type Place = Pick<Issue, 'param' | 'port' | 'range' | 'fix'>;

export const problem = (code: IssueCode, message: string, place: Place = {}): Issue => ({ code, level: 'error', message, ...place });
export const warning = (code: IssueCode, message: string, place: Place = {}): Issue => ({ code, level: 'warning', message, ...place });

/** Thrown by a run to fail its step with a message for people. Anything else that is thrown counts as `step_threw`. */
export class NodeError extends Error {
  readonly code: IssueCode;
  readonly param: string | undefined;

  constructor(code: IssueCode, message: string, options: { param?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'NodeError';
    this.code = code;
    this.param = options.param;
  }
}
