import { setImmediate as nextTurn } from 'node:timers/promises';
import { and, eq, gt, lt } from '../db/drizzle.ts';
import type { Database } from '../db/client.ts';
import { monitorBaselines, monitorHours } from '../db/schema.ts';
import { parseDatetime } from '#nodes/kit/cells.ts';
import { inputLayout } from '../serving/messages.ts';
import type { Seen } from '../serving/live-endpoints.ts';
import { addObserved, nothingObserved, observe, type Baseline, type Observed } from './baseline.ts';

const HOUR = 3_600_000;
const KEPT = 30 * 24 * HOUR;
/** Rows of one deployment that are looked at in a second; of more, the first ones stand for all. */
const ROWS_A_SECOND = 1_000;
/** So long counting may keep the event loop. */
const FOLD_MILLISECONDS = 1;

interface Of {
  readonly id: string;
  readonly workspaceId: string;
}
type Passed = Pick<Seen, 'live' | 'batch' | 'answer'>;
/** Where the columns of a baseline lie in batches and answers; -1 where they do not. */
interface Places {
  readonly inputs: readonly { readonly number: number; readonly text: number }[];
  readonly outputs: readonly number[];
}
interface Book {
  readonly of: Of;
  readonly baseline: Baseline;
  readonly places: Places;
  at: number;
  observed: Observed;
  changed: boolean;
}

/** What went by, counted over the bins of the baseline: noted as it passes, counted once a second, written hour by hour. */
export class Observations {
  readonly #db: Database;
  readonly #books = new Map<string, Book | null>();
  readonly #passing: Passed[] = [];
  readonly #rows = new Map<string, number>();

  constructor(db: Database) {
    this.#db = db;
  }

  /** Called for every request; keeps what it is given until the next `fold`. */
  note({ live, batch, answer }: Seen): void {
    const rows = this.#rows.get(live.row.id) ?? 0;
    if (rows >= ROWS_A_SECOND) return;
    this.#rows.set(live.row.id, rows + batch.rowCount);
    this.#passing.push({ live, batch, answer });
  }

  /** Begins a new second: counts what was noted in the last one, a little at a time, so that no request waits for it. Rejects when the disk fails. */
  async foldSoon(now: number): Promise<void> {
    this.#rows.clear();
    let until = performance.now() + FOLD_MILLISECONDS;
    for (let seen = this.#passing.pop(); seen; seen = this.#passing.pop()) {
      this.#count(seen, now);
      if (performance.now() <= until) continue;
      await nextTurn();
      until = performance.now() + FOLD_MILLISECONDS;
    }
  }

  /** Counts at once what was noted. */
  fold(now: number): void {
    for (const seen of this.#passing.splice(0)) this.#count(seen, now);
  }

  #count({ live, batch, answer }: Passed, now: number): void {
    const book = this.#book(live.row, now);
    if (!book) return;
    const { baseline, observed, places } = book;
    const rowCount = Math.min(batch.rowCount, ROWS_A_SECOND);
    const width = batch.numbers.length / batch.rowCount;
    baseline.inputs.forEach((column, index) => {
      const into = observed.inputs[index]!;
      const { number, text } = places.inputs[index]!;
      const texts = number < 0 ? batch.texts[text] : undefined;
      for (let row = 0; row < rowCount; row++) {
        if (number >= 0) observe(column, into, batch.numbers[row * width + number]!);
        else if (texts) observe(column, into, column.kind === 'number' ? parseDatetime(texts[row]!) : texts[row]!);
      }
    });
    baseline.outputs.forEach((column, index) => {
      const values = answer.outputs[places.outputs[index]!];
      if (values) for (let row = 0; row < rowCount; row++) observe(column, observed.outputs[index]!, values[row]!);
    });
    observed.rowCount += rowCount;
    book.changed = true;
  }

  /** Writes what is not written yet, and lets go of what is older than a month. */
  write(now: number): void {
    for (const book of this.#books.values()) {
      if (!book?.changed) continue;
      book.changed = false;
      if (!this.baseline(book.of.id)) continue;
      const { of, at, observed } = book;
      this.#db
        .insert(monitorHours)
        .values({ workspaceId: of.workspaceId, deploymentId: of.id, at, observed })
        .onConflictDoUpdate({ target: [monitorHours.deploymentId, monitorHours.at], set: { observed } })
        .run();
    }
    this.#db
      .delete(monitorHours)
      .where(lt(monitorHours.at, now - KEPT))
      .run();
  }

  baseline(deploymentId: string): Baseline | undefined {
    return this.#db.select({ baseline: monitorBaselines.baseline }).from(monitorBaselines).where(eq(monitorBaselines.deploymentId, deploymentId)).get()
      ?.baseline;
  }

  setBaseline(of: Of, baseline: Baseline, now: number): void {
    this.#db
      .insert(monitorBaselines)
      .values({ deploymentId: of.id, workspaceId: of.workspaceId, baseline, createdAt: now })
      .onConflictDoUpdate({ target: monitorBaselines.deploymentId, set: { baseline, createdAt: now } })
      .run();
    this.#db.delete(monitorHours).where(eq(monitorHours.deploymentId, of.id)).run();
    this.#books.delete(of.id);
  }

  /** All that was seen since a time, in whole hours. */
  since(deploymentId: string, since: number, now: number): { readonly baseline: Baseline; readonly observed: Observed } | null {
    this.fold(now);
    this.write(now);
    const baseline = this.baseline(deploymentId);
    if (!baseline) return null;
    const rows = this.#db
      .select({ observed: monitorHours.observed })
      .from(monitorHours)
      .where(and(eq(monitorHours.deploymentId, deploymentId), gt(monitorHours.at, since - HOUR)))
      .all();
    return { baseline, observed: rows.reduce((sum, row) => addObserved(sum, row.observed), nothingObserved(baseline)) };
  }

  #book(of: Of & Pick<Seen['live']['row'], 'signature'>, now: number): Book | null {
    const at = Math.floor(now / HOUR) * HOUR;
    const known = this.#books.get(of.id);
    if (known === null || known?.at === at) return known;
    if (known?.changed) this.write(now);
    const baseline = known?.baseline ?? this.baseline(of.id);
    if (!baseline) {
      this.#books.set(of.id, null);
      return null;
    }
    const saved = this.#db
      .select({ observed: monitorHours.observed })
      .from(monitorHours)
      .where(and(eq(monitorHours.deploymentId, of.id), eq(monitorHours.at, at)))
      .get();
    const book: Book = {
      of: { id: of.id, workspaceId: of.workspaceId },
      baseline,
      places: known?.places ?? placesOf(baseline, of.signature),
      at,
      observed: saved?.observed ?? nothingObserved(baseline),
      changed: false,
    };
    this.#books.set(of.id, book);
    return book;
  }
}

function placesOf(baseline: Baseline, signature: Seen['live']['row']['signature']): Places {
  const { numbers, texts } = inputLayout(signature.inputs);
  const outputs = signature.outputs.map(({ name }) => name);
  return {
    inputs: baseline.inputs.map(({ name }) => ({ number: numbers.indexOf(name), text: texts.indexOf(name) })),
    outputs: baseline.outputs.map(({ name }) => outputs.indexOf(name)),
  };
}
