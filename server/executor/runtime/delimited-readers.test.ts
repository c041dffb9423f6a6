import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import '#test/support/fixed-seed.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { randomNumbers } from '#nodes/kernels/random.ts';
import type { Table } from '#nodes/kit/table.ts';
import { readDelimitedFile, readDelimitedNumbers, type DelimitedPlace } from './read-delimited.ts';
import { FEWEST_BYTES } from './read-numbers.ts';
import { Workbench } from './workbench.ts';

const folder = mkdtempSync(join(tmpdir(), 'modelwright-readers-'));
const signal = new AbortController().signal;
let workbench: Workbench;
beforeAll(() => {
  workbench = new Workbench({ outputFolder: folder, scratchFolder: folder, memoryBytes: 1 << 30, files: [], threads: 2, signal });
});
afterAll(async () => {
  await workbench.close();
  rmSync(folder, { recursive: true, force: true });
});

type Draw = () => number;
const digits = (next: Draw, count: number): string => Array.from({ length: count }, () => Math.floor(next() * 10)).join('');
const whole = (next: Draw, most: number): string => {
  const count = 1 + Math.floor(next() * most);
  return count === 1 ? digits(next, 1) : `${1 + Math.floor(next() * 9)}${digits(next, count - 1)}`;
};
const signed = (next: Draw, text: string): string => (next() < 0.3 ? `-${text}` : text);
const pick = <T>(next: Draw, values: readonly T[]): T => values[Math.floor(next() * values.length)]!;

/** What the kernel reads: cells of a column of each kind. */
const PLAIN: Readonly<Record<string, (next: Draw) => string>> = {
  whole: (next) => signed(next, whole(next, 15)),
  gaps: (next) => (next() < 0.2 ? '' : signed(next, whole(next, 4))),
  zeros: (next) => pick(next, ['0', '-0', '1', '']),
  fractions: (next) => {
    const front = whole(next, 3);
    return signed(next, `${front}.${digits(next, 1 + Math.floor(next() * 15))}`);
  },
  small: (next) => signed(next, `0.${'0'.repeat(Math.floor(next() * 12))}${digits(next, 1 + Math.floor(next() * 18))}`),
  powers: (next) =>
    signed(
      next,
      `${whole(next, 15)}${pick(next, ['', `.${digits(next, 3)}`])}${pick(next, ['e', 'E'])}${pick(next, ['', '+', '-'])}${pick(next, ['0', '07', '5', '22', '23', '60', '99'])}`,
    ),
  mixed: (next) => pick(next, ['-0', '-0.0', '0.1', '1e22', '1e23', '900719925474099.3e1', '0.30000000000000004', '123456789012345', '', '7']),
};
/** What it does not: a cell of these goes to the other reader, and so must the whole file. */
const ODD = [
  ...['9007199254740993', '9223372036854775807', '9223372036854775808', '-9223372036854775808', '18446744073709551616', '12345678901234567890123'],
  ...['+3', '.5', '5.', '-.5e3', '1e100', '1e-300', '1e308', '1e309', '1e400', '4.9e-324', '2.2250738585072011e-308', '0.1234567890123456789012345'],
  ...['007', '00', '-01', '1_000', '0x1F', '1e', '-', '.', '1.2.3', '1d', 'true', 'x', '१२', '1\u00a0'],
  ...['nan', 'NaN', '-nan', 'inf', '-inf', 'Infinity', 'NA', 'null', '?', ' ', ' 12 ', ' 7', '"8"', '""', '"1""2"'],
];

interface Written {
  readonly seed: number;
  readonly kinds: readonly string[];
  readonly returns: boolean;
  readonly closed: boolean;
  readonly delimiter: string;
  /** Where the odd cell stands, if any, as a share of the file. */
  readonly odd: { readonly cell: string; readonly place: number } | null;
  /** Where a line ends otherwise than the others. */
  readonly otherEnd: number | null;
}

/** A file a little larger than the kernel asks for, whose pieces end anywhere within its lines. */
function fileOf({ seed, kinds, returns, closed, delimiter, odd, otherEnd }: Written): string {
  const next = randomNumbers(seed);
  const size = FEWEST_BYTES + Math.floor(next() * 2 ** 19);
  const oddAt = odd ? Math.floor(odd.place * size) : Infinity;
  const otherAt = otherEnd === null ? Infinity : Math.floor(otherEnd * size);
  const end = returns ? '\r\n' : '\n';
  const lines = [kinds.map((kind, index) => `${kind} ${index}`).join(delimiter)];
  let length = 0;
  let [isOddDone, isOtherDone] = [false, false];
  while (length < size) {
    const cells = kinds.map((kind) => PLAIN[kind]!(next));
    if (!isOddDone && length >= oddAt) {
      cells[Math.floor(next() * cells.length)] = odd!.cell;
      isOddDone = true;
    }
    let line = cells.join(delimiter);
    if (!isOtherDone && length >= otherAt) {
      line += `${returns ? '\n' : '\r\n'}${kinds.map((kind) => PLAIN[kind]!(next)).join(delimiter)}`;
      isOtherDone = true;
    }
    lines.push(line);
    length += line.length + end.length;
  }
  return lines.join(end) + (closed ? end : '');
}

let count = 0;
/** The table by each reader; the kernel's is null where it leaves the file to the other. */
async function readBoth(text: string, delimiter: string): Promise<{ kernel: Table | null; other: Table }> {
  const scratch = join(folder, String(++count));
  mkdirSync(scratch);
  const path = join(scratch, 'data.csv');
  writeFileSync(path, text);
  const options = { delimiter, header: 'yes' as const };
  const place = (target: string): DelimitedPlace => ({ scratch, signal, threads: 2, notes: [], found: { format: 'csv' }, target });
  let isRead = true;
  const kernel = await workbench
    .make(async (target) => {
      const written = await readDelimitedNumbers(path, options, place(target));
      isRead = written !== null;
      if (!written) throw new Error('It is for the other reader.');
      return written;
    })
    .catch((error: unknown) => {
      if (isRead) throw error;
      return null;
    });
  const other = await workbench.make((target, session) => readDelimitedFile(session, path, options, place(target)));
  return { kernel, other };
}

async function expectSame(one: Table, two: Table): Promise<void> {
  expect(one.schema).toEqual(two.schema);
  expect(one.rowCount).toBe(two.rowCount);
  const wanted = await two.read();
  for (const [name, values] of await one.read()) {
    const others = wanted.get(name)!;
    for (let row = 0; row < values.length; row += 1)
      if (!Object.is(values[row], others[row])) expect.fail(`“${name}”, row ${row}: ${values[row]} by the kernel, ${others[row]} by the other reader`);
  }
  // What files say of their columns is what pruning goes by.
  const bounds = one.schema.columns.map(
    ({ name }, index) => `min("${name}") AS least${index}, max("${name}") AS most${index}, count("${name}") AS count${index}`,
  );
  const facts = (data: Table) => workbench.rows(`SELECT ${bounds.join(', ')} FROM data`, { data });
  expect(await facts(one)).toEqual(await facts(two));
}

const kinds = fc.array(fc.constantFrom(...Object.keys(PLAIN)), { minLength: 2, maxLength: 7 });
const place = fc.double({ min: 0, max: 0.99, noNaN: true });
const written = {
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
  kinds,
  returns: fc.boolean(),
  closed: fc.boolean(),
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
};

it('the kernel and DuckDB read the same numbers of plain cells', async () => {
  await fc.assert(
    fc.asyncProperty(fc.record({ ...written, odd: fc.constant(null), otherEnd: fc.constant(null) }), async (file) => {
      const { kernel, other } = await readBoth(fileOf(file), file.delimiter);
      expect(kernel, 'left to the other reader').not.toBeNull();
      await expectSame(kernel!, other);
    }),
    { numRuns: 4, seed: 20_261_122 },
  );
});

it('a file with one other cell or line end is left to DuckDB, or reads the same', async () => {
  const odd = fc.oneof({ weight: 4, arbitrary: fc.record({ cell: fc.constantFrom(...ODD), place }) }, { weight: 1, arbitrary: fc.constant(null) });
  const otherEnd = fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: place });
  await fc.assert(
    fc.asyncProperty(fc.record({ ...written, odd, otherEnd }), async (file) => {
      const { kernel, other } = await readBoth(fileOf(file), file.delimiter);
      if (kernel) await expectSame(kernel, other);
    }),
    { numRuns: 6, seed: 20_261_122 },
  );
});

it('what is read behind an odd cell is waited for', async () => {
  const lines = Array.from({ length: 450_000 }, (_, row) => `${row},${row === 0 ? '00.5' : row / 8}`);
  const late: unknown[] = [];
  const note = (reason: unknown): void => void late.push(reason);
  process.on('unhandledRejection', note);
  try {
    const { kernel, other } = await readBoth(`a,b\n${lines.join('\n')}\n`, ',');
    expect([kernel, other.rowCount]).toEqual([null, 450_000]);
    expect(late).toEqual([]);
  } finally {
    process.off('unhandledRejection', note);
  }
});
