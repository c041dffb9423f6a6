import type { Signature, SignatureOutput } from '#nodes/kit/signature.ts';
import type { OutputColumn } from './messages.ts';

type WriteValue = (value: number | string) => string;

const writeNumber: WriteValue = (value) => (typeof value === 'string' ? writeText(value) : Number.isFinite(value) ? String(value) : 'null');
/** A text that is missing is '' in a graph; only of a column of texts it may also be one. */
const writeText: WriteValue = (value) => (typeof value === 'number' ? writeNumber(value) : value === '' ? 'null' : JSON.stringify(value));

const WRITERS: Readonly<Record<SignatureOutput['type'], WriteValue>> = {
  number: writeNumber,
  integer: writeNumber,
  category: writeText,
  text: (value) => (typeof value === 'number' ? writeNumber(value) : JSON.stringify(value)),
  boolean: (value) => (typeof value === 'number' && Number.isFinite(value) ? String(value !== 0) : writeNumber(value)),
  datetime: (value) => (typeof value === 'number' && Math.abs(value) <= 8.64e15 ? `"${new Date(value).toISOString()}"` : writeNumber(value)),
};

/** Writes columns of results as JSON text, an object a row; `resultWriter` keeps one for each signature. */
export class ResultWriter {
  readonly #columns: readonly { readonly before: string; readonly write: WriteValue }[];

  constructor(outputs: readonly SignatureOutput[]) {
    this.#columns = outputs.map(({ name, type }, index) => ({ before: `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`, write: WRITERS[type] }));
  }

  /** `{…},{…}`: as many as there are rows. NaN and infinities become null, as JSON has no word for them. */
  rows(outputs: readonly OutputColumn[], rowCount: number): string {
    let text = '';
    for (let row = 0; row < rowCount; row++) {
      if (row > 0) text += ',';
      for (let index = 0; index < this.#columns.length; index++) {
        const { before, write } = this.#columns[index]!;
        text += before + write(outputs[index]![row]!);
      }
      text += '}';
    }
    return text;
  }
}

const writers = new WeakMap<readonly SignatureOutput[], ResultWriter>();

/** The writer of a signature, made once. */
export function resultWriter({ outputs }: Pick<Signature, 'outputs'>): ResultWriter {
  let writer = writers.get(outputs);
  if (!writer) writers.set(outputs, (writer = new ResultWriter(outputs)));
  return writer;
}
