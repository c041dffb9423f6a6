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

/** One row to try an endpoint with: as a form made from the signature, or as JSON. */
export class TestForm {
  readonly inputs: readonly SignatureInput[];
  texts = $state<Record<string, string>>({});
  json = $state('');
  mode = $state<'form' | 'json'>('form');

  constructor(endpoint: Pick<Endpoint, 'input' | 'sample'>) {
    this.inputs = endpoint.input;
    this.texts = Object.fromEntries(endpoint.input.map((input) => [input.name, fieldText(input, exampleOf(input, endpoint.sample))]));
  }

  readonly errors = $derived.by(() => {
    const found: Record<string, string> = {};
    for (const input of this.inputs) {
      const error = fieldError(input, this.texts[input.name] ?? '');
      if (error) found[input.name] = error;
    }
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

  /** Shows the other side with what this one holds. */
  show(mode: 'form' | 'json'): void {
    if (mode === 'json' && this.mode === 'form') this.json = JSON.stringify([this.row], null, 2);
    this.mode = mode;
  }

  /** What is sent; throws a SyntaxError that says where the JSON breaks. */
  body(): string {
    if (this.mode === 'form') return JSON.stringify([this.row]);
    JSON.parse(this.json);
    return this.json;
  }
}
