import { timeOfText } from '#nodes/kit/cells.ts';
import type { SignatureInput } from '#nodes/kit/signature.ts';
import type { Cell, Endpoint } from '../api-types.ts';
import { figure } from '../format.ts';
import type { Row } from './consume.ts';

/** The choice of leaving a column out; no level can be this. */
export const LEFT_OUT = '\u0000left-out';

/** The few words right of a field's label: range, number of values, or that it may be left out. */
export function fieldHint(input: SignatureInput): string {
  const optional = input.required ? '' : 'optional';
  if (input.levels) return [`${input.levels.length} values`, optional].filter(Boolean).join(', ');
  if (input.type === 'boolean') return ['yes or no', optional].filter(Boolean).join(', ');
  if (input.minimum !== undefined && input.maximum !== undefined)
    return [`${figure(input.minimum)} – ${figure(input.maximum)}`, optional].filter(Boolean).join(', ');
  return optional;
}

const exampleOf = (input: SignatureInput, sample: Readonly<Record<string, Cell>>): Cell =>
  Object.hasOwn(sample, input.name) ? sample[input.name]! : (input.example ?? null);

/** How a field begins. */
export function fieldText(input: SignatureInput, value: Cell): string {
  if (value === null || value === undefined || value === '') return input.levels || input.type === 'boolean' ? LEFT_OUT : '';
  if (input.type === 'boolean') return value === true || value === 1 || value === 'true' ? 'true' : 'false';
  return String(value);
}

/** What is wrong with a field's text, or null. */
export function fieldError(input: SignatureInput, text: string): string | null {
  const empty = text === LEFT_OUT || text.trim() === '';
  if (empty) return input.required ? 'Needed' : null;
  if ((input.type === 'number' || input.type === 'integer') && !Number.isFinite(Number(text))) return 'Not a number';
  if (input.type === 'integer' && !Number.isInteger(Number(text))) return 'Not a whole number';
  if (input.type === 'datetime' && !/^\d+$/.test(text) && Number.isNaN(timeOfText(text))) return 'Not a date, such as 2026-01-31';
  return null;
}

/** The value that is sent, or undefined when the column is left out. */
export function fieldValue(input: SignatureInput, text: string): Cell | undefined {
  if (text === LEFT_OUT || text.trim() === '') return undefined;
  if (input.type === 'number' || input.type === 'integer') return Number(text);
  if (input.type === 'boolean') return text === 'true';
  if (input.type === 'datetime' && /^\d+$/.test(text)) return Number(text);
  return text;
}

export type TestMode = 'form' | 'csv' | 'json';

/** One row to try an endpoint with: as a form made from the signature, or as JSON. */
export class TestForm {
  readonly inputs: readonly SignatureInput[];
  texts = $state<Record<string, string>>({});
  json = $state('');
  mode = $state<TestMode>('form');
  /** What the server said of a field, until it is changed. */
  refused = $state.raw<{ readonly name: string; readonly text: string; readonly words: string } | null>(null);
  readonly #samples: readonly Row[];
  /** The sample row that is shown; the first one as it begins. */
  sample = $state(0);

  constructor(endpoint: Pick<Endpoint, 'input' | 'sample'> & Partial<Pick<Endpoint, 'samples'>>) {
    this.inputs = endpoint.input;
    this.#samples = endpoint.samples?.length ? endpoint.samples : [endpoint.sample];
    this.#fill(this.#samples[0]!);
  }

  get sampleCount(): number {
    return this.#samples.length;
  }

  #fill(row: Row): void {
    this.texts = Object.fromEntries(this.inputs.map((input) => [input.name, fieldText(input, exampleOf(input, row))]));
    this.refused = null;
  }

  /** Fills in another row of the data that the model learned from. */
  nextSample(by: 1 | -1 = 1): void {
    this.sample = (this.sample + by + this.#samples.length) % this.#samples.length;
    this.#fill(this.#samples[this.sample]!);
    if (this.mode === 'json') this.json = JSON.stringify([this.row], null, 2);
  }

  /** Puts what the server refused beside the field that it names; false when it names none. */
  refuse(message: string): boolean {
    const name = /column "([^"]+)"/.exec(message)?.[1];
    if (name === undefined || !this.inputs.some((input) => input.name === name)) return false;
    this.refused = {
      name,
      text: this.texts[name] ?? '',
      words: message.replace(/^Row \d+, column "[^"]+": /, '').replace(/^./, (first) => first.toUpperCase()),
    };
    return true;
  }

  readonly errors = $derived.by(() => {
    const found: Record<string, string> = {};
    for (const input of this.inputs) {
      const error = fieldError(input, this.texts[input.name] ?? '');
      if (error) found[input.name] = error;
    }
    const { refused } = this;
    if (refused && this.texts[refused.name] === refused.text) found[refused.name] ??= refused.words;
    return found;
  });

  readonly row = $derived.by((): Row => {
    const row: Record<string, Cell> = {};
    for (const input of this.inputs) {
      const value = fieldValue(input, this.texts[input.name] ?? '');
      if (value !== undefined && !(typeof value === 'number' && !Number.isFinite(value))) row[input.name] = value;
    }
    return row;
  });

  /** What is wrong with the JSON, or null. */
  readonly jsonError = $derived.by((): string | null => {
    if (this.mode !== 'json') return null;
    try {
      JSON.parse(this.json);
      return null;
    } catch (error) {
      return `Not JSON: ${error instanceof Error ? error.message : String(error)}`;
    }
  });

  /** Shows another side with what this one holds; of JSON, its first row. */
  show(mode: TestMode): void {
    if (mode === 'json' && this.mode !== 'json') this.json = JSON.stringify([this.row], null, 2);
    if (mode === 'form' && this.mode === 'json') this.#takeJson();
    this.mode = mode;
  }

  #takeJson(): void {
    try {
      const body = JSON.parse(this.json) as { rows?: unknown } | unknown[] | null;
      const rows = Array.isArray(body) ? body : body?.rows;
      const row: unknown = Array.isArray(rows) ? rows[0] : undefined;
      if (typeof row !== 'object' || row === null) return;
      const given = row as Record<string, unknown>;
      const cellOf = (value: unknown): Cell => (['string', 'number', 'boolean'].includes(typeof value) ? (value as Cell) : null);
      this.texts = Object.fromEntries(this.inputs.map((input) => [input.name, fieldText(input, cellOf(given[input.name]))]));
    } catch {
      // Broken JSON says so where it is written; the form keeps what it had.
    }
  }

  /** What is sent; throws a SyntaxError that says where the JSON breaks. */
  body(): string {
    if (this.mode === 'form') return JSON.stringify([this.row]);
    JSON.parse(this.json);
    return this.json;
  }
}
