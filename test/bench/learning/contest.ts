import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median, pythonWith } from '../peers.ts';
import type { BenchRow } from '../types.ts';

/** Of one fit: its time, and how good it is. */
export interface Fitted {
  readonly ms: number;
  readonly quality: number;
}

export interface Contest {
  /** Begins with the name of the row. */
  readonly what: string;
  /** What `quality` is, such as `AUC`. */
  readonly measure: string;
  readonly columns: readonly Float32Array[];
  readonly targets?: Float64Array;
  /** How many rows at the end are not trained on. */
  readonly held?: number;
  readonly ours: () => Promise<Fitted>;
  /** The Python file beside this one whose `contest(data)` is the peer: see peer.py. */
  readonly peer: string;
  /** What the peer finds in `data.settings`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly peerName?: string;
  readonly times?: number;
}

const bytes = (values: Float32Array | Float64Array): Uint8Array => new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);

/** Ours and the peer in turn, each `times` times on all cores; the medians count. Without a Python that has the peer: ours alone. */
export async function contest({
  what,
  measure,
  columns,
  targets,
  held = 0,
  ours,
  peer,
  settings = {},
  peerName = 'scikit-learn',
  times = 3,
}: Contest): Promise<BenchRow> {
  const python = pythonWith('sklearn', 'numpy');
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-bench-'));
  try {
    if (python) {
      writeFileSync(join(folder, 'x.bin'), '');
      for (const column of columns) writeFileSync(join(folder, 'x.bin'), bytes(column), { flag: 'a' });
      if (targets) writeFileSync(join(folder, 'y.bin'), bytes(targets));
      writeFileSync(join(folder, 'data.json'), JSON.stringify({ columns: columns.length, held, settings }));
    }
    const [own, theirs]: [Fitted[], Fitted[]] = [[], []];
    for (let time = 0; time < times; time += 1) {
      own.push(await ours());
      if (python) theirs.push(JSON.parse(execFileSync(python, [join(import.meta.dirname, 'peer.py'), peer, folder], { encoding: 'utf8' })) as Fitted);
    }
    const ms = median(own.map((each) => each.ms));
    const peerMs = python ? median(theirs.map((each) => each.ms)) : null;
    const quality = `${measure} ${figure(own[0]!.quality)}${theirs[0] ? `, peer ${figure(theirs[0].quality)}` : ''}`;
    return {
      what: `${what} (${quality})`,
      unit: 'ms',
      ours: ms,
      peer: peerMs,
      peerName: python ? peerName : null,
      ratio: peerMs === null ? null : peerMs / ms,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const figure = (value: number): string => (Math.abs(value) < 10 ? value.toFixed(4) : value.toPrecision(6));
