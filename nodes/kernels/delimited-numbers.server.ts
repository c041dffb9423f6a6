import { Crew } from './crew.server.ts';
import { aligned, BASE, readKernel, sharedMemory } from './load.server.ts';

/** Powers of ten that a cell with at most 19 digits and an exponent of two digits can have. */
const [LOWEST, HIGHEST] = [-140, 120];

export interface NumberColumn {
  /** Whether the values are whole numbers; the empty cells of others are NaN. */
  readonly whole: boolean;
  /** One a row: the very bytes of the kernel's memory, which change with the next text in the slot. */
  readonly values: Float64Array | BigInt64Array;
  readonly least: number | bigint;
  readonly greatest: number | bigint;
  readonly empty: number;
}

/** The empty cell of a column of whole numbers. */
export const NO_WHOLE = -(2n ** 63n);

/** Why a text was not read: something in it is no plain number, or a column (from 0) that was taken for whole numbers has a fraction. */
export type Refused = { readonly refused: 'irregular' } | { readonly refused: 'fraction'; readonly column: number };

export interface NumberText {
  readonly rowCount: number;
  column(index: number): NumberColumn;
}

/**
 * 128-bit approximations of powers of five, scaled so that the upper bit is set: rounded down from 5^0 on, up below.
 * Source: D. Lemire (2021), "Number parsing at a gigabyte per second", §5.
 */
function powersOfFive(): BigUint64Array {
  const words: bigint[] = [];
  const limit = 1n << 128n;
  for (let power = LOWEST; power <= HIGHEST; power++) {
    const exact = 5n ** BigInt(Math.abs(power));
    let scaled: bigint;
    if (power >= 0) {
      const length = BigInt(exact.toString(2).length);
      scaled = length <= 128n ? exact << (128n - length) : exact >> (length - 128n);
    } else {
      const length = BigInt(exact.toString(2).length);
      scaled = (1n << (2n * length + 128n)) / exact + 1n;
      while (scaled >= limit) scaled >>= 1n;
    }
    words.push(scaled >> 64n, scaled & (2n ** 64n - 1n));
  }
  return BigUint64Array.from(words);
}

/** Texts that wait while one is read on each thread. */
const AHEAD = 6;

export interface NumberReaderOptions {
  /** Threads beside this one. */
  readonly threads: number;
  /** Of the cells of a line, at least 2. */
  readonly width: number;
  /** An ASCII character. */
  readonly delimiter: string;
  /** Whether lines end in a carriage return and a line feed. */
  readonly returns: boolean;
  /** The longest text. */
  readonly textBytes: number;
}

/** Reads texts of whole lines of plain numbers on other threads, as many at a time as there are slots. */
export class NumberReader {
  readonly slots: number;
  readonly #options: NumberReaderOptions;
  readonly #crew: Crew;
  readonly #memory: WebAssembly.Memory;
  readonly #start: number;
  readonly #slotBytes: number;
  readonly #capacity: number;

  private constructor(options: NumberReaderOptions, crew: Crew, slots: number, memory: WebAssembly.Memory, start: number, slotBytes: number, capacity: number) {
    this.#options = options;
    this.#crew = crew;
    this.slots = slots;
    this.#memory = memory;
    this.#start = start;
    this.#slotBytes = slotBytes;
    this.#capacity = capacity;
  }

  static async open(options: NumberReaderOptions): Promise<NumberReader> {
    const { threads, width, textBytes } = options;
    const slots = threads + AHEAD;
    // A line has a byte a cell at least.
    const capacity = Math.ceil(textBytes / width) + 1;
    const slotBytes = aligned(textBytes) + aligned(width) + aligned(width * 24) + aligned(capacity * width * 8);
    const table = powersOfFive();
    const start = aligned(BASE + table.byteLength);
    const memory = sharedMemory(start + slots * slotBytes);
    new BigUint64Array(memory.buffer, BASE, table.length).set(table);
    const crew = new Crew(threads + 1);
    try {
      await crew.load('delimited-numbers', await readKernel('delimited-numbers'), memory);
      await crew.callAll('delimited-numbers', 'setPowers', () => [BASE, LOWEST, HIGHEST]);
    } catch (error) {
      await crew.dismiss();
      throw error;
    }
    return new NumberReader(options, crew, slots, memory, start, slotBytes, capacity);
  }

  /** Where the text of a slot goes. */
  text(slot: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, this.#start + slot * this.#slotBytes, this.#options.textBytes);
  }

  /** Reads the first `bytes` of a slot's text, whole lines; `whole` tells the columns that are taken for whole numbers. */
  async read(slot: number, bytes: number, whole: readonly boolean[]): Promise<NumberText | Refused> {
    const { width, textBytes, delimiter, returns } = this.#options;
    const { buffer } = this.#memory;
    const text = this.#start + slot * this.#slotBytes;
    const kinds = text + aligned(textBytes);
    const facts = kinds + aligned(width);
    const cells = facts + aligned(width * 24);
    new Uint8Array(buffer, kinds, width).set(whole.map(Number));
    const values = [text, text + bytes, delimiter.charCodeAt(0), width, this.#capacity, cells, kinds, facts, Number(returns)];
    const answer = (await this.#crew.call(1 + (slot % (this.#crew.size - 1)), 'delimited-numbers', 'parse', values)) as number;
    if (answer === -1) return { refused: 'irregular' };
    if (answer < 0) return { refused: 'fraction', column: -2 - answer };
    return {
      rowCount: answer,
      column: (index) => {
        const asWhole = whole[index]!;
        const at = cells + index * this.#capacity * 8;
        const bounds = asWhole ? new BigInt64Array(buffer, facts + index * 24, 2) : new Float64Array(buffer, facts + index * 24, 2);
        return {
          whole: asWhole,
          values: asWhole ? new BigInt64Array(buffer, at, answer) : new Float64Array(buffer, at, answer),
          least: bounds[0]!,
          greatest: bounds[1]!,
          empty: Number(new BigUint64Array(buffer, facts + index * 24 + 16, 1)[0]),
        };
      },
    };
  }

  close(): Promise<void> {
    return this.#crew.dismiss();
  }
}
