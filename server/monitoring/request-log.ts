import { and, desc, eq, gt, lt, sql } from '../db/drizzle.ts';
import { graphTypeOf } from '#nodes/kit/onnx/graph-type.ts';
import type { ColumnType } from '#nodes/kit/table.ts';
import { SCORED_LABELS } from '#nodes/kit/signature.ts';
import type { Database } from '../db/client.ts';
import { requestLog } from '../db/schema.ts';
import { iso } from '../assets/pages.ts';
import type { RequestLogSettings } from '../serving/endpoint-settings.ts';
import { inputLayout } from '../serving/messages.ts';
import type { Seen } from '../serving/live-endpoints.ts';

const DAY = 24 * 3_600_000;
const ROWS_A_SECOND = 1_000;
export const MASKED = '[masked]';

type Cell = string | number | boolean | null;
export interface LoggedRow {
  readonly requestId: string;
  readonly row: number;
  readonly deployment: string;
  readonly at: string;
  readonly milliseconds: number;
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: Readonly<Record<string, unknown>>;
  readonly truth: Cell;
}
/** What callers tell of how it really was. */
export interface Truth {
  readonly requestId: string;
  readonly row: number;
  readonly value: string | number | boolean;
}
/** How right the answers were, of a day or of all. */
export interface Realised {
  readonly at: string;
  readonly rowCount: number;
  /** Of labels. */
  readonly accuracy: number | null;
  /** Of numbers: mean absolute error, and root of the mean squared error. */
  readonly meanAbsoluteError: number | null;
  readonly rootMeanSquaredError: number | null;
}

function cellOf(value: number | string, type: ColumnType): Cell {
  if (typeof value === 'string') return value === '' ? null : value;
  if (!Number.isFinite(value)) return null;
  if (type === 'boolean') return value !== 0;
  return type === 'datetime' ? new Date(value).toISOString() : value;
}

/** Rows of requests that were drawn to be kept: noted as they pass, written once a second, gone after their time. */
export class RequestLog {
  readonly #db: Database;
  #passing: Seen[] = [];
  #rows = 0;

  constructor(db: Database) {
    this.#db = db;
  }

  note(seen: Seen, { sampleRate }: RequestLogSettings): void {
    if (sampleRate === 0 || seen.requestId === undefined || this.#rows >= ROWS_A_SECOND || Math.random() >= sampleRate) return;
    this.#rows += seen.batch.rowCount;
    this.#passing.push(seen);
  }

  write(settingsOf: (endpointId: string) => RequestLogSettings, now: number): void {
    const passing = this.#passing;
    this.#passing = [];
    this.#rows = 0;
    if (passing.length === 0) return;
    this.#db.transaction((tx) => {
      for (const { live, batch, answer, requestId } of passing) {
        const { row: of } = live;
        const masked = new Set(settingsOf(of.endpointId).masked);
        const layout = inputLayout(of.signature.inputs);
        for (let row = 0; row < Math.min(batch.rowCount, ROWS_A_SECOND); row++) {
          const input = of.signature.inputs.map(({ name, type }): [string, Cell] => {
            if (masked.has(name)) return [name, MASKED];
            const value =
              graphTypeOf(type) === 'string'
                ? batch.texts[layout.texts.indexOf(name)]![row]!
                : batch.numbers[row * layout.numbers.length + layout.numbers.indexOf(name)]!;
            return [name, cellOf(value, type)];
          });
          const output = answer.signature.outputs.map(({ name, type }, index): [string, Cell] => [name, cellOf(answer.outputs[index]![row]!, type)]);
          tx.insert(requestLog)
            .values({
              workspaceId: of.workspaceId,
              endpointId: of.endpointId,
              deployment: of.name,
              requestId: requestId!,
              row,
              input: Object.fromEntries(input),
              output: Object.fromEntries(output),
              milliseconds: answer.milliseconds,
              createdAt: now,
            })
            .onConflictDoNothing()
            .run();
        }
      }
    });
  }

  /** Lets go of what is too old or too much. */
  sweep(endpointId: string, { retentionDays, maximumRows }: RequestLogSettings, now: number): void {
    this.#db
      .delete(requestLog)
      .where(and(eq(requestLog.endpointId, endpointId), lt(requestLog.createdAt, now - retentionDays * DAY)))
      .run();
    this.#db.run(
      sql`DELETE FROM request_log WHERE endpoint_id = ${endpointId} AND rowid IN (SELECT rowid FROM request_log WHERE endpoint_id = ${endpointId} ORDER BY created_at DESC LIMIT -1 OFFSET ${maximumRows})`,
    );
  }

  list(endpointId: string, limit: number): LoggedRow[] {
    return this.#db
      .select()
      .from(requestLog)
      .where(eq(requestLog.endpointId, endpointId))
      .orderBy(desc(requestLog.createdAt), requestLog.row)
      .limit(limit)
      .all()
      .map(({ requestId, row, deployment, createdAt, milliseconds, input, output, truth }) => ({
        requestId,
        row,
        deployment,
        at: iso(createdAt),
        milliseconds,
        input,
        output,
        truth: truth ?? null,
      }));
  }

  remove(endpointId: string): void {
    this.#db.delete(requestLog).where(eq(requestLog.endpointId, endpointId)).run();
  }

  /** Writes truths beside the answers that are kept; tells how many found theirs. */
  tell(endpointId: string, truths: readonly Truth[], now: number): { matched: number; unknown: number } {
    return this.#db.transaction((tx) => {
      let matched = 0;
      for (const { requestId, row, value } of truths) {
        const { changes } = tx
          .update(requestLog)
          .set({ truth: value, truthAt: now })
          .where(and(eq(requestLog.endpointId, endpointId), eq(requestLog.requestId, requestId), eq(requestLog.row, row)))
          .run();
        matched += changes;
      }
      return { matched, unknown: truths.length - matched };
    });
  }

  /** How right the answers were, day by day. */
  realised(endpointId: string, since: number, regression: boolean): Realised[] {
    const rows = this.#db
      .select({ at: requestLog.createdAt, output: requestLog.output, truth: requestLog.truth })
      .from(requestLog)
      .where(and(eq(requestLog.endpointId, endpointId), gt(requestLog.createdAt, since), sql`${requestLog.truth} IS NOT NULL`))
      .orderBy(requestLog.createdAt)
      .all();
    const days = new Map<number, { said: unknown; was: Cell }[]>();
    for (const { at, output, truth } of rows) {
      const day = Math.floor(at / DAY) * DAY;
      const pairs = days.get(day) ?? [];
      days.set(day, pairs);
      pairs.push({ said: output[SCORED_LABELS], was: truth ?? null });
    }
    return [...days].map(([at, pairs]) => ({
      at: new Date(at).toISOString(),
      rowCount: pairs.length,
      ...(regression ? errorsOf(pairs) : { accuracy: accuracyOf(pairs), meanAbsoluteError: null, rootMeanSquaredError: null }),
    }));
  }
}

/** The share of answers that equal the truth, compared as texts: 1 is "1". */
export const accuracyOf = (pairs: readonly { said: unknown; was: unknown }[]): number | null =>
  pairs.length === 0 ? null : pairs.filter(({ said, was }) => String(said) === String(was)).length / pairs.length;

/** Mean absolute error, and root of the mean squared error, of the pairs that are numbers. */
export function errorsOf(pairs: readonly { said: unknown; was: unknown }[]): Pick<Realised, 'accuracy' | 'meanAbsoluteError' | 'rootMeanSquaredError'> {
  const apart = pairs.map(({ said, was }) => Number(said) - Number(was)).filter((each) => Number.isFinite(each));
  if (apart.length === 0) return { accuracy: null, meanAbsoluteError: null, rootMeanSquaredError: null };
  const mean = (of: (each: number) => number): number => apart.reduce((sum, each) => sum + of(each), 0) / apart.length;
  return { accuracy: null, meanAbsoluteError: mean(Math.abs), rootMeanSquaredError: Math.sqrt(mean((each) => each * each)) };
}
