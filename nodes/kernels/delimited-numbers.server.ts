import { aligned, BASE } from './load.server.ts';
import { newCrews, type KernelCrew, type KernelCrews } from './kernel-crews.server.ts';

const KERNEL = 'delimited-numbers';

/** Powers of ten that a cell with at most 19 digits and an exponent of two digits can have. */
const [LOWEST, HIGHEST] = [-140, 120];

/** What the kernel's memory holds of a column; it changes with the next text in the slot. */
export interface NumberColumn {
  readonly whole: boolean;
  /** Of the cells that are not empty. */
  readonly values: Float64Array | BigInt64Array;
  /** A bit a row, from the lowest on, for the cells that are not empty; null where all are such. */
  readonly present: Uint8Array | null;
  readonly least: number | bigint;
  readonly greatest: number | bigint;
  readonly empty: number;
}

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

export interface NumberReaderOptions {
  /** Threads beside this one. */
  readonly threads: number;
  readonly crews?: KernelCrews;
  /** Texts and what was read of them that are held at a time. */
  readonly slots: number;
  /** Of the cells of a line, at least 2. */
  readonly width: number;
  /** An ASCII character. */
  readonly delimiter: string;
  /** Whether lines end in a carriage return and a line feed. */
  readonly returns: boolean;
  /** The longest text. */
  readonly textBytes: number;
  /** The most lines of one; a text of more is refused. By default as many as there can be. */
  readonly lines?: number;
}

interface Layout {
  readonly start: number;
  readonly slotBytes: number;
  /** The most rows of a text. */
  readonly capacity: number;
  readonly presentBytes: number;
}

function layoutOf({ width, textBytes, lines = Infinity }: NumberReaderOptions, start: number): Layout {
  // A line has a byte a cell at least.
  const capacity = Math.min(lines, Math.ceil(textBytes / width) + 1);
  const presentBytes = Math.ceil(capacity / 8);
  const slotBytes = aligned(textBytes) + aligned(width) + aligned(width * 24) + aligned(width * presentBytes) + aligned(capacity * width * 8);
  return { start, slotBytes, capacity, presentBytes };
}

/** Reads texts of whole lines of plain numbers on other threads. */
export class NumberReader {
  readonly #options: NumberReaderOptions;
  readonly #crews: KernelCrews;
  readonly #opened: KernelCrew;
  readonly #layout: Layout;
  /** By thread, the texts that it has yet to read. */
  readonly #waiting: number[];

  private constructor(options: NumberReaderOptions, crews: KernelCrews, opened: KernelCrew, layout: Layout) {
    this.#options = options;
    this.#crews = crews;
    this.#opened = opened;
    this.#layout = layout;
    this.#waiting = new Array<number>(options.threads).fill(0);
  }

  static async open(options: NumberReaderOptions): Promise<NumberReader> {
    const { threads, crews = newCrews, slots } = options;
    const table = powersOfFive();
    const layout = layoutOf(options, aligned(BASE + table.byteLength));
    const opened = await crews.open(KERNEL, threads, layout.start + slots * layout.slotBytes);
    new BigUint64Array(opened.memory.buffer, BASE, table.length).set(table);
    try {
      await opened.crew.callAll(KERNEL, 'setPowers', () => [BASE, LOWEST, HIGHEST]);
    } catch (error) {
      await crews.close(opened);
      throw error;
    }
    return new NumberReader(options, crews, opened, layout);
  }

  /** Where the text of a slot goes. */
  text(slot: number): Uint8Array {
    return new Uint8Array(this.#opened.memory.buffer, this.#slot(slot), this.#options.textBytes);
  }

  /** Reads a stretch of a slot's text, of whole lines; `whole` tells the columns that are taken for whole numbers. */
  async read(slot: number, { from, to }: { readonly from: number; readonly to: number }, whole: readonly boolean[]): Promise<NumberText | Refused> {
    const { width, textBytes, delimiter, returns } = this.#options;
    const { capacity, presentBytes } = this.#layout;
    const { buffer } = this.#opened.memory;
    const text = this.#slot(slot);
    const kinds = text + aligned(textBytes);
    const facts = kinds + aligned(width);
    const present = facts + aligned(width * 24);
    const cells = present + aligned(width * presentBytes);
    new Uint8Array(buffer, kinds, width).set(whole.map(Number));
    const values = [text + from, text + to, delimiter.charCodeAt(0), width, capacity, cells, kinds, facts, present, Number(returns)];
    const rowCount = await this.#parse(values);
    if (rowCount === -1) return { refused: 'irregular' };
    if (rowCount < 0) return { refused: 'fraction', column: -2 - rowCount };
    return {
      rowCount,
      column: (index) => {
        const asWhole = whole[index]!;
        const at = cells + index * capacity * 8;
        const bounds = asWhole ? new BigInt64Array(buffer, facts + index * 24, 2) : new Float64Array(buffer, facts + index * 24, 2);
        const empty = Number(new BigUint64Array(buffer, facts + index * 24 + 16, 1)[0]);
        return {
          whole: asWhole,
          values: asWhole ? new BigInt64Array(buffer, at, rowCount - empty) : new Float64Array(buffer, at, rowCount - empty),
          present: empty > 0 ? new Uint8Array(buffer, present + index * presentBytes, Math.ceil(rowCount / 8)) : null,
          least: bounds[0]!,
          greatest: bounds[1]!,
          empty,
        };
      },
    };
  }

  /** On the thread that has the least to do. */
  async #parse(values: readonly number[]): Promise<number> {
    const thread = this.#waiting.indexOf(Math.min(...this.#waiting));
    this.#waiting[thread]! += 1;
    try {
      return (await this.#opened.crew.call(1 + thread, KERNEL, 'parse', values)) as number;
    } finally {
      this.#waiting[thread]! -= 1;
    }
  }

  #slot(slot: number): number {
    return this.#layout.start + slot * this.#layout.slotBytes;
  }

  close(): Promise<void> {
    return this.#crews.close(this.#opened);
  }
}
