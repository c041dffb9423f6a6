import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import type { BenchRow } from './types.ts';

type Options = { only?: string; measured: (row: BenchRow) => void };

const groups: Record<string, (options: Options) => Promise<BenchRow[]>> = {
  engine: async (options) => (await import('./engine/engine.ts')).engine(options),
  learning: async (options) => (await import('./learning/learning.ts')).learning(options),
  data: async (options) => (await import('./data/data.ts')).data(options),
  canvas: async (options) => (await import('./canvas/canvas.ts')).canvas(options),
  serving: async (options) => (await import('./serving/serving.ts')).serving(options),
};

const machine = () =>
  `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
const figure = (value: number | null) => (value === null ? '–' : value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(3));

function table(group: string, rows: BenchRow[]): string {
  const cells = [
    ['what', 'ours', 'peer', 'ratio'],
    ...rows.map((row) => [
      row.what,
      `${figure(row.ours)} ${row.unit}`,
      row.peer === null ? '–' : `${figure(row.peer)} ${row.unit} (${row.peerName})`,
      row.ratio === null ? '–' : `${row.ratio.toFixed(2)}×`,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((index) => Math.max(...cells.map((cell) => cell[index]!.length)));
  return [`${group} · ${machine()}`, ...cells.map((cell) => cell.map((text, index) => text.padEnd(widths[index]!)).join('  '))].join('\n');
}

const { positionals: names, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean', default: false }, only: { type: 'string' } } });
const { json, only } = values;
const unknown = names.filter((name) => !(name in groups));
if (unknown.length > 0 || (json && names.length !== 1) || (only !== undefined && names.length !== 1)) {
  console.error(
    `Usage: npm run -s bench -- GROUP [--json], with GROUP one of ${Object.keys(groups).join(', ')}; without GROUP all of them as tables. GROUP with --only WORD: rows with that word.`,
  );
  process.exit(2);
}
/** Rows as they come, beside the whole table at the end. */
const measured = (row: BenchRow): void => console.error(`${figure(row.ours)} ${row.unit}  ${row.what}`);
for (const name of names.length > 0 ? names : Object.keys(groups)) {
  const rows = await groups[name]!({ only, measured });
  console.log(json ? JSON.stringify({ group: name, machine: machine(), rows }) : table(name, rows) + '\n');
}
process.exit(0);
