import { and, eq, gt, inArray, lt, sql } from '../db/drizzle.ts';
import type { Database } from '../db/client.ts';
import { deploymentTraffic } from '../db/schema.ts';
import type { Clock } from '../scheduler/clock.ts';
import { Traffic, type SavedTraffic, type TrafficFigures } from './traffic.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Minutes are kept for a day, hours for a month. */
const KEPT = { minute: DAY, hour: 30 * DAY };
const RECENT_MINUTES = 60;

export type Span = keyof typeof KEPT;
/** A deployment as rows of its traffic name it. */
export interface Measured {
  readonly id: string;
  readonly endpointId: string;
  readonly workspaceId: string;
}
export interface TrafficPoint extends TrafficFigures {
  readonly at: string;
}

export interface HistoryAsked {
  readonly since: number;
  readonly span: Span;
  readonly step: number;
  /** Ids of the deployments that answer; shadows only score copies. */
  readonly answer: ReadonlySet<string>;
}
export interface TrafficPoints {
  readonly each: ReadonlyMap<string, readonly TrafficPoint[]>;
  readonly together: readonly TrafficPoint[];
}

interface Book {
  readonly of: Measured;
  /** The current minute. */
  at: number;
  traffic: Traffic;
  /** Finished minutes of the last hour, the oldest first. */
  recent: { at: number; saved: SavedTraffic }[];
}

/** Since this process started, for Prometheus: what only rises. */
export interface Totals {
  requests: number;
  refused: number;
  errors: number;
  rows: number;
  /** That went through the model; of one batch with several requests each counts its part. */
  batches: number;
  milliseconds: number;
  queueMilliseconds: number;
  computeMilliseconds: number;
}

const inOrder = (points: ReadonlyMap<number, Traffic>): TrafficPoint[] =>
  [...points].sort(([a], [b]) => a - b).map(([at, traffic]) => ({ at: new Date(at).toISOString(), ...traffic.figures }));

/** The traffic of deployments: counted in memory, written minute by minute, and kept over restarts within bounds. */
export class TrafficBook {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #books = new Map<string, Book>();
  readonly #totals = new Map<string, Totals>();
  #swept = 0;

  constructor(db: Database, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** The counts of the current minute. */
  now(of: Measured): Traffic {
    const at = Math.floor(this.#clock.now() / MINUTE) * MINUTE;
    const book = this.#books.get(of.id) ?? this.#open(of, at);
    if (book.at !== at) this.#turn(book, at);
    return book.traffic;
  }

  totals(deploymentId: string): Totals {
    let totals = this.#totals.get(deploymentId);
    if (!totals) {
      totals = { requests: 0, refused: 0, errors: 0, rows: 0, batches: 0, milliseconds: 0, queueMilliseconds: 0, computeMilliseconds: 0 };
      this.#totals.set(deploymentId, totals);
    }
    return totals;
  }

  /** Of the last hour, all deployments together. */
  lastHour(deployments: readonly Measured[]): TrafficFigures & { readonly perMinute: readonly TrafficPoint[] } {
    const minutes = new Map<number, Traffic>();
    const all = new Traffic();
    const oldest = this.#clock.now() - RECENT_MINUTES * MINUTE;
    for (const of of deployments) {
      this.now(of);
      const book = this.#books.get(of.id)!;
      for (const { at, saved } of [...book.recent, ...(book.traffic.requests > 0 ? [{ at: book.at, saved: book.traffic.toJSON() }] : [])]) {
        if (at < oldest) continue;
        all.add(saved);
        minutes.set(at, (minutes.get(at) ?? new Traffic()).add(saved));
      }
    }
    return { ...all.figures, perMinute: inOrder(minutes) };
  }

  /** Points over a time, of each deployment and of all that `answer` together; `step` in milliseconds joins spans. */
  history(deployments: readonly Measured[], { since, span, step, answer }: HistoryAsked): TrafficPoints {
    this.write();
    const together = new Map<number, Traffic>();
    const points = new Map<string, Map<number, Traffic>>(deployments.map(({ id }) => [id, new Map<number, Traffic>()]));
    if (deployments.length === 0) return { each: new Map(), together: [] };
    const rows = this.#db
      .select({ id: deploymentTraffic.deploymentId, at: deploymentTraffic.at, counts: deploymentTraffic.counts })
      .from(deploymentTraffic)
      .where(
        and(
          inArray(
            deploymentTraffic.deploymentId,
            deployments.map(({ id }) => id),
          ),
          eq(deploymentTraffic.span, span),
          gt(deploymentTraffic.at, since - step),
        ),
      )
      .all();
    for (const { id, at, counts } of rows) {
      const of = points.get(id)!;
      const bucket = Math.floor(at / step) * step;
      of.set(bucket, (of.get(bucket) ?? new Traffic()).add(counts));
      if (answer.has(id)) together.set(bucket, (together.get(bucket) ?? new Traffic()).add(counts));
    }
    return { each: new Map([...points].map(([id, of]) => [id, inOrder(of)])), together: inOrder(together) };
  }

  /** All of a time together. */
  sum(deployments: readonly Measured[], since: number): TrafficFigures {
    const span: Span = since < this.#clock.now() - DAY ? 'hour' : 'minute';
    this.write();
    const all = new Traffic();
    for (const { id } of deployments) {
      const rows = this.#db
        .select({ counts: deploymentTraffic.counts })
        .from(deploymentTraffic)
        .where(
          and(eq(deploymentTraffic.deploymentId, id), eq(deploymentTraffic.span, span), gt(deploymentTraffic.at, since - (span === 'hour' ? HOUR : MINUTE))),
        )
        .all();
      for (const { counts } of rows) all.add(counts);
    }
    return all.figures;
  }

  forget(deploymentId: string): void {
    this.#books.delete(deploymentId);
    this.#totals.delete(deploymentId);
  }

  /** Writes what is not written yet. Call it now and then, and at the end. */
  write(): void {
    const at = Math.floor(this.#clock.now() / MINUTE) * MINUTE;
    for (const book of this.#books.values()) {
      if (book.at !== at) this.#turn(book, at);
      else if (book.traffic.requests + book.traffic.compared > 0) this.#save(book);
    }
    const hour = Math.floor(at / HOUR);
    if (hour === this.#swept) return;
    this.#swept = hour;
    for (const span of ['minute', 'hour'] as const) {
      this.#db
        .delete(deploymentTraffic)
        .where(and(eq(deploymentTraffic.span, span), lt(deploymentTraffic.at, at - KEPT[span])))
        .run();
    }
  }

  #open(of: Measured, at: number): Book {
    const rows = this.#db
      .select({ at: deploymentTraffic.at, saved: deploymentTraffic.counts })
      .from(deploymentTraffic)
      .where(and(eq(deploymentTraffic.deploymentId, of.id), eq(deploymentTraffic.span, 'minute'), gt(deploymentTraffic.at, at - RECENT_MINUTES * MINUTE)))
      .orderBy(deploymentTraffic.at)
      .all();
    const current = rows.find((row) => row.at === at);
    const book: Book = { of, at, traffic: current ? new Traffic().add(current.saved) : new Traffic(), recent: rows.filter((row) => row.at < at) };
    this.#books.set(of.id, book);
    return book;
  }

  /** The minute is over. */
  #turn(book: Book, at: number): void {
    if (book.traffic.requests + book.traffic.compared > 0) {
      this.#save(book);
      book.recent.push({ at: book.at, saved: book.traffic.toJSON() });
      book.traffic = new Traffic();
    }
    while (book.recent[0] && book.recent[0].at < at - RECENT_MINUTES * MINUTE) book.recent.shift();
    book.at = at;
  }

  /** The hour's row is made of its minutes each time, so that writing twice does not count twice. */
  #save({ of, at, traffic }: Book): void {
    const base = { workspaceId: of.workspaceId, endpointId: of.endpointId, deploymentId: of.id };
    const hour = Math.floor(at / HOUR) * HOUR;
    const put = (span: Span, start: number, counts: SavedTraffic): void => {
      this.#db
        .insert(deploymentTraffic)
        .values({ ...base, span, at: start, counts })
        .onConflictDoUpdate({ target: [deploymentTraffic.deploymentId, deploymentTraffic.span, deploymentTraffic.at], set: { counts } })
        .run();
    };
    this.#db.transaction(() => {
      // A deployment that was just deleted takes its rows with it.
      if (!this.#db.get(sql`SELECT 1 FROM deployments WHERE id = ${of.id}`)) return;
      put('minute', at, traffic.toJSON());
      const minutes = this.#db
        .select({ counts: deploymentTraffic.counts })
        .from(deploymentTraffic)
        .where(
          and(
            eq(deploymentTraffic.deploymentId, of.id),
            eq(deploymentTraffic.span, 'minute'),
            gt(deploymentTraffic.at, hour - 1),
            lt(deploymentTraffic.at, hour + HOUR),
          ),
        )
        .all();
      put('hour', hour, minutes.reduce((sum, { counts }) => sum.add(counts), new Traffic()).toJSON());
    });
  }
}
