import type { SignatureInput } from '#nodes/kit/signature.ts';
import type { Cell } from '../api-types.ts';
import { readCsv, spreadsheetLine } from '../csv-text.ts';
import type { Row } from './consume.ts';
import { fieldError, fieldValue } from './test-form.svelte.ts';

/** What tables in files write for a value that is not there. */
const MISSING: ReadonlySet<string> = new Set(['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL', 'None']);
const TRUTHS: Readonly<Record<string, string>> = { true: 'true', '1': 'true', yes: 'true', false: 'false', '0': 'false', no: 'false' };
const MOST_PROBLEMS = 20;
/** Rows of one request. */
const PIECE = 1_000;

export interface CellProblem {
  /** From 1, as people count. */
  readonly row: number;
  readonly column: string;
  readonly words: string;
}
/** A CSV as rows of a model. */
export interface CsvRows {
  readonly rows: readonly Row[];
  readonly problems: readonly CellProblem[];
  /** Columns of the file that the model does not take, such as the label. */
  readonly unused: readonly string[];
  /** Optional columns that the file does not have. */
  readonly leftOut: readonly string[];
}

/** Reads rows by the names in the first line. Throws an Error that says what the file lacks. */
export function csvRows(text: string, inputs: readonly SignatureInput[]): CsvRows {
  const [head, ...records] = readCsv(text);
  if (!head) throw new Error('There is nothing to score. The first line names the columns, each further one is a row.');
  const names = head.map((name) => name.trim());
  const absent = inputs.filter(({ name }) => !names.includes(name));
  const required = absent.filter((input) => input.required);
  if (required.length > 0)
    throw new Error(
      `There is no column ${required.map(({ name }) => `“${name}”`).join(', ')}. The first line names the columns; the model needs: ${inputs
        .filter((each) => each.required)
        .map(({ name }) => name)
        .join(', ')}.`,
    );
  if (records.length === 0) throw new Error('There are only names of columns. Add at least one row.');
  const problems: CellProblem[] = [];
  const columns = inputs.flatMap((input) => (names.includes(input.name) ? [{ input, at: names.indexOf(input.name) }] : []));
  const rows = records.map((record, index) => {
    const row: Record<string, Cell> = {};
    if (record.length !== names.length && problems.length < MOST_PROBLEMS)
      problems.push({ row: index + 1, column: '', words: `${record.length} values for ${names.length} columns` });
    for (const { input, at } of columns) {
      const written = record[at] ?? '';
      const textual = input.type === 'text' || input.type === 'category';
      const missing = textual ? written === '' : MISSING.has(written.trim());
      if (missing) {
        row[input.name] = null;
        continue;
      }
      const cell = textual ? written : input.type === 'boolean' ? (TRUTHS[written.trim().toLowerCase()] ?? written) : written.trim();
      const wrong = input.type === 'boolean' && cell !== 'true' && cell !== 'false' ? 'Not true or false' : fieldError(input, cell);
      if (wrong !== null && problems.length < MOST_PROBLEMS) problems.push({ row: index + 1, column: input.name, words: `${wrong}: “${cell.slice(0, 40)}”` });
      row[input.name] = fieldValue(input, cell) ?? null;
    }
    return row;
  });
  const unused = names.filter((name) => !inputs.some((input) => input.name === name));
  return { rows, problems, unused, leftOut: absent.map(({ name }) => name) };
}

type Result = Readonly<Record<string, unknown>>;
/** Sends rows; gives one result for each. */
export type ScoreRows = (rows: readonly Row[], signal: AbortSignal) => Promise<readonly Result[]>;

/** A CSV that a person scores: what it holds, and what came of it, piece by piece. */
export class CsvBatch {
  readonly inputs: readonly SignatureInput[];
  text = $state.raw('');
  fileName = $state('');
  results = $state.raw<readonly Result[]>([]);
  error = $state.raw<unknown>(null);
  busy = $state(false);
  #scored = $state.raw<readonly Row[]>([]);
  #abort: AbortController | null = null;

  constructor(inputs: readonly SignatureInput[]) {
    this.inputs = inputs;
  }

  readonly read = $derived.by((): { readonly rows: CsvRows | null; readonly error: string | null } => {
    if (this.text.trim() === '') return { rows: null, error: null };
    try {
      return { rows: csvRows(this.text, this.inputs), error: null };
    } catch (error) {
      return { rows: null, error: error instanceof Error ? error.message : String(error) };
    }
  });
  readonly ready = $derived(this.read.rows !== null && this.read.rows.problems.length === 0);
  readonly rowCount = $derived(this.read.rows?.rows.length ?? 0);
  /** What was scored: inputs and results of a row side by side. */
  readonly columns = $derived([...Object.keys(this.#scored[0] ?? {}), ...Object.keys(this.results[0] ?? {})]);
  readonly madeFrom = $derived(Object.keys(this.#scored[0] ?? {}).length);

  take(text: string, fileName = ''): void {
    this.text = text;
    this.fileName = fileName;
    this.results = [];
    this.error = null;
  }

  cellsOf(row: number): unknown[] {
    return [...Object.values(this.#scored[row] ?? {}), ...Object.values(this.results[row] ?? {})];
  }

  /** Scores all rows, so many in a request; what came until an error or a cancel stays. */
  async score(send: ScoreRows): Promise<void> {
    const rows = this.read.rows?.rows;
    if (!rows || this.busy) return;
    this.#abort = new AbortController();
    this.busy = true;
    this.error = null;
    this.results = [];
    this.#scored = rows;
    try {
      for (let from = 0; from < rows.length; from += PIECE) {
        const piece = await send(rows.slice(from, from + PIECE), this.#abort.signal);
        this.results = [...this.results, ...piece];
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) this.error = error;
    } finally {
      this.busy = false;
    }
  }

  cancel(): void {
    this.#abort?.abort();
  }

  /** The rows with their results. */
  asCsv(): string {
    return [spreadsheetLine(this.columns), ...this.results.map((_, row) => spreadsheetLine(this.cellsOf(row)))].join('\n') + '\n';
  }
}
