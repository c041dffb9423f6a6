import { aligned, BASE, loadKernel, reserve, type Kernel } from './load.server.ts';

interface Exports {
  setAutomaton(
    table: number,
    flags: number,
    facts: number,
    places: number,
    lineStart: number,
    cellStart: number,
    returned: number,
    firstClosed: number,
    other: number,
  ): void;
  begin(width: number, delimiter: number, heading: number, missing: number, other: number, ownWords: number, levels: number): void;
  scan(from: number, at: number, end: number): number;
  openCell(): number;
  lastState(): number;
  endText(from: number, end: number): number;
  lineEnds(): number;
  rowCount(): number;
  longestLine(): number;
}

/** The states of an automaton over bytes: `table[state + byte]` is the next state, a multiple of 256, or an event from 0xff00 on. */
export interface TextAutomaton {
  readonly table: Uint16Array;
  /** What a cell is that ends in a state, at `state >> 8`. */
  readonly flags: Uint8Array;
  readonly lineStart: number;
  readonly cellStart: number;
  /** After a carriage return, whose cell has ended. */
  readonly returned: number;
  /** States from this one on lie within quotes. */
  readonly firstQuoted: number;
  /** States from this one on lie after a closing quote. */
  readonly firstClosed: number;
  /** Within a cell that is a text whatever follows. */
  readonly other: number;
}

export interface CellScanOptions {
  readonly automaton: TextAutomaton;
  readonly width: number;
  readonly delimiter: number;
  /** The first line holds names. */
  readonly header: boolean;
  /** Flags of cells that are missing, and the flag of a text. */
  readonly missing: number;
  readonly other: number;
  /** Only empty cells are missing. */
  readonly ownWords: boolean;
  /** Distinct values are counted up to this number, at most 200. */
  readonly levels: number;
}

/** What all cells of a column are. */
export interface CellFacts {
  /** Flags of all cells, joined by OR. */
  readonly flags: number;
  readonly missing: number;
  /** Distinct texts among those that are not missing, told by 64-bit hashes; one more than `levels` when there are more. */
  readonly distinct: number;
  /** Every cell that is not missing is a datetime. */
  readonly datetimes: boolean;
}

export interface ScannedCells {
  readonly lineEnd: '\n' | '\r\n';
  readonly rowCount: number;
  /** Bytes of the longest line. */
  readonly longestLine: number;
  readonly columns: readonly CellFacts[];
}

const PIECE = 1 << 20;
const FACT_BYTES = 32;
const SET_BYTES = 256 * 8;

/** Looks at the cells of a delimited text that comes in pieces. Its memory does not grow with the text, only with its longest cell. */
export class CellScanner {
  readonly #kernel: Kernel<Exports>;
  readonly #options: CellScanOptions;
  readonly #facts: number;
  readonly #text: number;
  /** Bytes of a cell that the last piece left open, at the beginning of the text. */
  #open = 0;

  private constructor(kernel: Kernel<Exports>, options: CellScanOptions, facts: number, text: number) {
    this.#kernel = kernel;
    this.#options = options;
    this.#facts = facts;
    this.#text = text;
  }

  static async create(options: CellScanOptions): Promise<CellScanner> {
    const { automaton, width, delimiter, header, missing, other, ownWords, levels } = options;
    const kernel = await loadKernel<Exports>('delimited-cells');
    const flags = aligned(BASE + automaton.table.byteLength);
    const facts = aligned(flags + automaton.flags.byteLength);
    const sets = aligned(facts + width * FACT_BYTES);
    const text = aligned(sets + width * SET_BYTES);
    reserve(kernel, text + PIECE);
    const { buffer } = kernel.memory;
    new Uint16Array(buffer, BASE, automaton.table.length).set(automaton.table);
    new Uint8Array(buffer, flags, automaton.flags.length).set(automaton.flags);
    kernel.exports.setAutomaton(BASE, flags, facts, sets, automaton.lineStart, automaton.cellStart, automaton.returned, automaton.firstClosed, automaton.other);
    kernel.exports.begin(width, delimiter, Number(header), missing, other, Number(ownWords), levels);
    return new CellScanner(kernel, options, facts, text);
  }

  /** Where the next piece of the text goes. */
  room(): Uint8Array {
    const at = this.#text + this.#open;
    reserve(this.#kernel, at + PIECE);
    return new Uint8Array(this.#kernel.memory.buffer, at, PIECE);
  }

  /** Goes on with the first `bytes` of the room; false when the text is irregular. */
  scan(bytes: number): boolean {
    const at = this.#text + this.#open;
    const end = at + bytes;
    if (this.#kernel.exports.scan(this.#text, at, end) === 0) return false;
    const cell = this.#kernel.exports.openCell();
    this.#open = end - cell;
    new Uint8Array(this.#kernel.memory.buffer).copyWithin(this.#text, cell, end);
    return true;
  }

  /** What the whole text holds; null when its last line is irregular. */
  finish(): ScannedCells | null {
    const { exports, memory } = this.#kernel;
    const { automaton, width, levels } = this.#options;
    const state = exports.lastState();
    if (state >= automaton.firstQuoted && state < automaton.firstClosed) return null;
    if (exports.endText(this.#text, this.#text + this.#open) === 0) return null;
    const view = new DataView(memory.buffer, this.#facts, width * FACT_BYTES);
    return {
      lineEnd: exports.lineEnds() === 2 ? '\r\n' : '\n',
      rowCount: exports.rowCount() >>> 0,
      longestLine: exports.longestLine(),
      columns: Array.from({ length: width }, (_, index) => {
        const at = index * FACT_BYTES;
        return {
          flags: view.getUint32(at, true),
          missing: Number(view.getBigUint64(at + 8, true)),
          distinct: Math.min(levels + 1, view.getUint32(at + 4, true)),
          datetimes: view.getUint32(at + 16, true) === 0,
        };
      }),
    };
  }
}
