import { and, eq, gt, lt } from '../db/drizzle.ts';
import type { Database } from '../db/client.ts';
import { monitorBaselines, monitorHours } from '../db/schema.ts';
import { inputLayout } from '../serving/messages.ts';
import type { Seen } from '../serving/live-endpoints.ts';
import { addObserved, nothingObserved, observe, type Baseline, type Observed } from './baseline.ts';

const HOUR = 3_600_000;
const KEPT = 30 * 24 * HOUR;
/** Rows of one deployment that are looked at in a second; of more, the first ones stand for all. */
const ROWS_A_SECOND = 1_000;

interface Of {
  readonly id: string;
  readonly workspaceId: string;
}
interface Book {
  readonly of: Of;
  readonly baseline: Baseline;
  at: number;
  observed: Observed;
  changed: boolean;
}

/** What went by, counted over the bins of the baseline: noted as it passes, counted once a second, written hour by hour. */
export class Observations {
  readonly #db: Database;
  readonly #books = new Map<string, Book | null>();
  #passing: Pick<Seen, 'live' | 'batch' | 'answer'>[] = [];
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

  /** Counts what was noted. */
  fold(now: number): void {
    const passing = this.#passing;
    this.#passing = [];
    this.#rows.clear();
    for (const { live, batch, answer } of passing) {
      const book = this.#book(live.row, now);
      if (!book) continue;
      const { baseline, observed } = book;
      const layout = inputLayout(live.row.signature.inputs);
      const rowCount = Math.min(batch.rowCount, ROWS_A_SECOND);
      baseline.inputs.forEach((column, index) => {
        const into = observed.inputs[index]!;
        const number = layout.numbers.indexOf(column.name);
        const texts = number < 0 ? batch.texts[layout.texts.indexOf(column.name)] : undefined;
        for (let row = 0; row < rowCount; row++) {
          if (number >= 0) observe(column, into, batch.numbers[row * layout.numbers.length + number]!);
          else if (texts) observe(column, into, texts[row]!);
        }
      });
      baseline.outputs.forEach((column, index) => {
        const values = answer.outputs[answer.signature.outputs.findIndex(({ name }) => name === column.name)];
        if (values) for (let row = 0; row < rowCount; row++) observe(column, observed.outputs[index]!, values[row]!);
      });
      observed.rowCount += rowCount;
      book.changed = true;
    }
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
    return this.#db.select({ baseline: monitorBaselines.baseline }).from(monitorBaselines).where(eq(monitorBaselines.deploymentId, deploymentId)).get()?.baseline;
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

  #book(of: Of, now: number): Book | null {
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
    const book: Book = { of: { id: of.id, workspaceId: of.workspaceId }, baseline, at, observed: saved?.observed ?? nothingObserved(baseline), changed: false };
    this.#books.set(of.id, book);
    return book;
  }
}
