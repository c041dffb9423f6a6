import { addMoments, NO_MOMENTS, type Moments } from './moments.ts';
import { distinctOf } from './hyper-log-log.ts';
import { newCrews, type KernelCrew, type KernelCrews } from './kernel-crews.server.ts';
import { aligned, BASE, growShared } from './load.server.ts';

const KERNEL = 'column-statistics';
const REGISTERS = 8_192;
const BIN_PLACES = 4;
const PLACE_BYTES = 128;
const STATE_BYTES = REGISTERS + BIN_PLACES * PLACE_BYTES;
const KNOWN_BYTES = 24;
const COLUMN_BYTES = 24;
const PAGE_BYTES = 16;
const FIGURE_BYTES = 64;
const ORDER_BYTES = 16;
const SORT_BYTES = 49_152;
/** Blocks that wait while one is measured on each thread. */
const AHEAD = 2;

export const MOST_BINS = 32;

/** What a column holds: float64, NaN where missing; int64, all of which float64 holds; or 64-bit hashes of whatever else a row has. */
export type Measure = 'numbers' | 'whole' | 'hashes';

export interface MeasuredColumn {
  readonly measure: Measure;
  /** The finite ends and the number of equal bins, at most 32, of which the last one has its upper edge too. */
  readonly low: number;
  readonly high: number;
  readonly bins: number;
}

/** Rows of a column that lie together in a block. */
export interface MeasuredPage {
  readonly rows: number;
  /** Where Parquet's definition levels begin, by their length; null where no value is missing, or is NaN. */
  readonly levels: number | null;
  readonly values: number;
  /** Values that are there, where there are levels; otherwise as many as rows. */
  readonly present: number;
}

export interface ColumnStatistics extends Moments {
  /** Of finite values, as all else but these two. */
  readonly missing: number;
  readonly infinite: number;
  readonly zeros: number;
  readonly negatives: number;
  /** Null without values, and where their sum overflows. */
  readonly mean: number | null;
  /** An estimate, about 1 % off. */
  readonly distinct: number;
  readonly counts: readonly number[];
  /** Values of the sampled rows in rising order. */
  readonly sample: Float64Array;
}

export interface StatisticsOptions {
  /** Threads beside this one. */
  readonly threads: number;
  readonly crews?: KernelCrews;
  readonly rowCount: number;
  /** Rows of which one is sampled. */
  readonly every: number;
  /** The most columns at once. */
  readonly columns: number;
  /** The largest block, and the most pages that it has and rows that they have. */
  readonly blockBytes: number;
  readonly pages: number;
  readonly pageRows: number;
  /** Whether to tell rows that equal another: 8 bytes a row, later up to 32. */
  readonly duplicates: boolean;
}

interface Layout {
  readonly hashes: number;
  readonly known: number;
  readonly samples: number;
  readonly sampleBytes: number;
  /** By thread. */
  readonly states: number;
  readonly stateBytes: number;
  readonly scratch: number;
  readonly scratchBytes: number;
  readonly slots: number;
  readonly slotBytes: number;
  readonly end: number;
}

function layoutOf({ threads, rowCount, every, columns, blockBytes, pages, pageRows, duplicates }: StatisticsOptions): Layout {
  const hashes = BASE;
  const known = aligned(hashes + (duplicates ? rowCount * 8 : 0));
  const samples = aligned(known + columns * KNOWN_BYTES);
  const sampled = Math.ceil(rowCount / every);
  const sampleBytes = aligned(sampled * 8);
  const states = samples + columns * sampleBytes;
  const stateBytes = aligned(columns * STATE_BYTES);
  const scratch = states + threads * stateBytes;
  const scratchBytes = aligned(Math.max(pageRows * 8, Math.ceil((sampled * 8 + SORT_BYTES) / 3)));
  const slots = scratch + threads * 3 * scratchBytes;
  const slotBytes = aligned(blockBytes) + aligned(ORDER_BYTES + columns * COLUMN_BYTES) + aligned(pages * PAGE_BYTES) + aligned(pages * FIGURE_BYTES);
  const end = slots + (threads + AHEAD) * slotBytes;
  return { hashes, known, samples, sampleBytes, states, stateBytes, scratch, scratchBytes, slots, slotBytes, end };
}

/**
 * Statistics of the columns of a table on several threads, whose rows come in blocks; a scan has some of the columns, and each scan all rows. No
 * result depends on the number of threads.
 */
export class StatisticsReader {
  readonly slots: number;
  readonly #options: StatisticsOptions;
  readonly #crews: KernelCrews;
  readonly #opened: KernelCrew;
  readonly #layout: Layout;
  #columns: readonly MeasuredColumn[] = [];
  #figures: Figures[] = [];

  private constructor(options: StatisticsOptions, crews: KernelCrews, opened: KernelCrew, layout: Layout) {
    this.#options = options;
    this.#crews = crews;
    this.#opened = opened;
    this.#layout = layout;
    this.slots = options.threads + AHEAD;
  }

  static async open(options: StatisticsOptions): Promise<StatisticsReader> {
    const layout = layoutOf(options);
    const { threads, crews = newCrews } = options;
    const opened = await crews.open(KERNEL, threads, layout.end);
    new Uint8Array(opened.memory.buffer, layout.hashes, layout.known - layout.hashes).fill(0);
    return new StatisticsReader(options, crews, opened, layout);
  }

  /** Begins a scan of other columns. */
  begin(columns: readonly MeasuredColumn[]): void {
    const { known, samples, sampleBytes, states, scratch } = this.#layout;
    const { buffer } = this.#opened.memory;
    this.#columns = columns;
    this.#figures = columns.map(() => new Figures());
    const view = new DataView(buffer);
    for (const [index, { low, high, bins }] of columns.entries()) {
      const at = known + index * KNOWN_BYTES;
      view.setFloat64(at, low, true);
      view.setFloat64(at + 8, (high - low) / bins, true);
      view.setUint32(at + 16, bins, true);
      view.setUint32(at + 20, samples + index * sampleBytes, true);
    }
    // The last sampled row may lie beyond the table.
    new Float64Array(buffer, samples, (columns.length * sampleBytes) / 8).fill(NaN);
    new Uint8Array(buffer, states, scratch - states).fill(0);
  }

  /** Where the bytes of a block go. */
  block(slot: number): Uint8Array {
    return new Uint8Array(this.#opened.memory.buffer, this.#slot(slot), this.#options.blockBytes);
  }

  /** Measures the block in a slot, whose pages lie where they say; await in the order of rows. Gives what takes in the figures. */
  async measure(slot: number, firstRow: number, columns: readonly (readonly MeasuredPage[])[]): Promise<() => void> {
    const { hashes, known, states, stateBytes, scratch, scratchBytes } = this.#layout;
    const { blockBytes, every, duplicates } = this.#options;
    const block = this.#slot(slot);
    const order = block + aligned(blockBytes);
    const pages = order + aligned(ORDER_BYTES + this.#options.columns * COLUMN_BYTES);
    const figures = pages + aligned(this.#options.pages * PAGE_BYTES);
    const words = new Uint32Array(this.#opened.memory.buffer);
    words.set([columns.length, firstRow, every, duplicates ? hashes + firstRow * 8 : 0], order / 4);
    let count = 0;
    for (const [index, each] of columns.entries()) {
      const kind = ['numbers', 'whole', 'hashes'].indexOf(this.#columns[index]!.measure);
      const place = [kind, each.length, pages + count * PAGE_BYTES, figures + count * FIGURE_BYTES, known + index * KNOWN_BYTES, index];
      words.set(place, (order + ORDER_BYTES + index * COLUMN_BYTES) / 4);
      for (const { rows, levels, values, present } of each) {
        words.set([rows, levels === null ? 0 : block + levels, block + values, levels === null ? rows : present], (pages + count * PAGE_BYTES) / 4);
        count++;
      }
    }
    const member = slot % this.#options.threads;
    await this.#opened.crew.call(1 + member, KERNEL, 'measure', [order, states + member * stateBytes, scratch + member * 3 * scratchBytes, scratchBytes]);
    return () => {
      const view = new DataView(this.#opened.memory.buffer, figures, count * FIGURE_BYTES);
      let at = 0;
      for (const [index, each] of columns.entries()) {
        if (this.#columns[index]!.measure !== 'hashes')
          for (let page = 0; page < each.length; page++) this.#figures[index]!.add(view, (at + page) * FIGURE_BYTES);
        at += each.length;
      }
    };
  }

  /** What all blocks of the scan gave, by column; the samples hold until the next scan. */
  async finish(): Promise<ColumnStatistics[]> {
    const { samples, sampleBytes, scratch, scratchBytes } = this.#layout;
    const { threads, rowCount, every } = this.#options;
    const sampled = Math.ceil(rowCount / every);
    const kept = await Promise.all(
      this.#columns.map(({ measure }, index) => {
        const member = index % threads;
        if (measure === 'hashes') return 0;
        return this.#opened.crew.call(1 + member, KERNEL, 'sort', [
          samples + index * sampleBytes,
          sampled,
          scratch + member * 3 * scratchBytes,
        ]) as Promise<number>;
      }),
    );
    return this.#columns.map((column, index) => ({
      ...this.#figures[index]!.all(),
      distinct: distinctOf(this.#registers(index)),
      counts: this.#counts(index, column.bins),
      sample: new Float64Array(this.#opened.memory.buffer, samples + index * sampleBytes, kept[index]),
    }));
  }

  /** How many different rows there are, after all columns were measured. */
  async distinctRows(): Promise<number> {
    const { hashes, slots } = this.#layout;
    const { threads, rowCount } = this.#options;
    const places = 2 ** Math.ceil(Math.log2(Math.max(64, (1.6 * rowCount) / threads)));
    growShared(this.#opened.memory, slots + threads * places * 8);
    const counts = await this.#opened.crew.callAll(KERNEL, 'countDistinct', (member) => [
      hashes,
      rowCount,
      member - 1,
      threads,
      slots + (member - 1) * places * 8,
      places - 1,
    ]);
    return (counts as number[]).reduce((sum, count) => sum + count, 0);
  }

  close(): Promise<void> {
    return this.#crews.close(this.#opened);
  }

  #slot(slot: number): number {
    return this.#layout.slots + slot * this.#layout.slotBytes;
  }

  #stateOf(member: number, column: number): number {
    return this.#layout.states + member * this.#layout.stateBytes + column * STATE_BYTES;
  }

  #registers(column: number): Uint8Array {
    const joined = new Uint8Array(REGISTERS);
    for (let member = 0; member < this.#options.threads; member++) {
      const own = new Uint8Array(this.#opened.memory.buffer, this.#stateOf(member, column), REGISTERS);
      for (let index = 0; index < REGISTERS; index++) if (own[index]! > joined[index]!) joined[index] = own[index]!;
    }
    return joined;
  }

  #counts(column: number, bins: number): number[] {
    const counts = new Array<number>(bins).fill(0);
    for (let member = 0; member < this.#options.threads; member++)
      for (let place = 0; place < BIN_PLACES; place++) {
        const own = new Uint32Array(this.#opened.memory.buffer, this.#stateOf(member, column) + REGISTERS + place * PLACE_BYTES, bins);
        for (let bin = 0; bin < bins; bin++) counts[bin]! += own[bin]!;
      }
    return counts;
  }
}

/** The figures of a column, page after page. */
class Figures {
  missing = 0;
  infinite = 0;
  zeros = 0;
  negatives = 0;
  #sum = 0;
  #moments: Moments = NO_MOMENTS;

  all(): Omit<ColumnStatistics, 'distinct' | 'counts' | 'sample'> {
    const { missing, infinite, zeros, negatives } = this;
    const mean = this.#sum / this.#moments.count;
    return { missing, infinite, zeros, negatives, mean: Number.isFinite(mean) ? mean : null, ...this.#moments };
  }

  add(view: DataView, at: number): void {
    const count = view.getUint32(at, true);
    this.missing += view.getUint32(at + 4, true);
    this.infinite += view.getUint32(at + 8, true);
    this.zeros += view.getUint32(at + 12, true);
    this.negatives += view.getUint32(at + 16, true);
    this.#sum += view.getFloat64(at + 24, true);
    const [second, third] = [view.getFloat64(at + 32, true), view.getFloat64(at + 40, true)];
    const [fourth, sum] = [view.getFloat64(at + 48, true), view.getFloat64(at + 56, true)];
    this.#moments = addMoments(this.#moments, { count, sum, second, third, fourth });
  }
}
