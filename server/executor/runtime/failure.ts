import { NodeError, type IssueCode } from '#nodes/kit/issues.ts';

export interface Failure {
  readonly code: IssueCode;
  readonly message: string;
  readonly param: string | null;
}

const ABSOLUTE_PATH = /(?<![\w:/.])(?:[A-Za-z]:)?(?:\/[^\s'"`/:()<>]+){2,}/g;

/** A text without absolute paths: people get no picture of the server's disk. */
export const withoutPaths = (text: string): string => text.replaceAll(ABSOLUTE_PATH, (path) => path.slice(path.lastIndexOf('/') + 1));

/** Where DuckDB points into the query that was put around a node's own: nobody wrote it. */
const OWN_QUERY = /\s*\n\s*LINE 1: (?:\.\.\.)?COPY \([\s\S]*$/;

const DUCKDB: readonly { readonly begins: RegExp; readonly code: IssueCode }[] = [
  { begins: /^Out of Memory Error/, code: 'memory_exhausted' },
  { begins: /^(Parser|Binder|Catalog|Not implemented|Invalid Input) Error/i, code: 'sql_invalid' },
  { begins: /^(Permission|Invalid Configuration) Error/, code: 'sql_refused' },
  { begins: /^(Conversion|Mismatch Type) Error/, code: 'column_wrong_type' },
  { begins: /^Out of Range Error/, code: 'values_not_finite' },
];

/** What C++, the C library and ONNX Runtime say when an allocation fails, and Node of a thread that ran out. */
const NATIVE_WANT_OF_MEMORY = /bad_alloc|Cannot allocate memory|Failed to allocate memory|Worker terminated due to reaching memory limit/;

/** What the C library, DuckDB and Node say when a disk or a quota is full. */
const NO_ROOM = /No space left on device|\bENOSPC\b|Disk quota exceeded|\bEDQUOT\b/;

function metFullDisk(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause) if (!(each instanceof NodeError) && NO_ROOM.test(each.message)) return true;
  return false;
}

/** What people are told of an error: its code, and a message without paths and stacks. */
export function failureOf(error: unknown): Failure {
  if (metFullDisk(error))
    return {
      code: 'disk_full',
      message: 'The disk of the data folder is full. Delete runs or datasets that are not needed, or make room on the disk.',
      param: null,
    };
  if (error instanceof NodeError) return { code: error.code, message: withoutPaths(error.message), param: error.param ?? null };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RangeError && /allocat|array length|string length|Unable to grow/i.test(message)) return memoryFailure();
  if (NATIVE_WANT_OF_MEMORY.test(message)) return memoryFailure();
  const known = DUCKDB.find(({ begins }) => begins.test(message));
  if (known?.code === 'memory_exhausted') return memoryFailure();
  return { code: known?.code ?? 'step_threw', message: withoutPaths(message.replace(OWN_QUERY, '')).slice(0, 2_000), param: null };
}

const memoryFailure = (): Failure => ({
  code: 'memory_exhausted',
  message: 'The step needs more memory than it may use. Take fewer rows or columns, or give steps more memory.',
  param: null,
});

/** For the log: the stack without absolute paths. */
export const stackOf = (error: unknown): string =>
  withoutPaths(error instanceof Error ? (error.stack ?? error.message) : String(error)).replaceAll(/file:\/\/\S*\//g, '');

/** Whether work stopped because it was asked to. */
export const isCancelled = (error: unknown, signal: AbortSignal): boolean => signal.aborted && !(error instanceof NodeError);
