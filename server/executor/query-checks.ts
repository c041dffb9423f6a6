import type { Assets, QueryCheck } from '#nodes/kit/define.ts';
import { KnownQueries, type QueryQuestion } from '#pipelines/known-queries.ts';
import { tableSchema } from '#nodes/kit/table.ts';
import type { StepPool } from './step-pool.ts';

/** Chained queries become known one after the other. */
const ROUNDS = 50;

/** What queries would give, by asking DuckDB in a step process without data. */
export class QueryChecks {
  readonly #pool: Pick<StepPool, 'task'>;
  readonly #known = new KnownQueries();

  constructor(pool: Pick<StepPool, 'task'>) {
    this.#pool = pool;
  }

  /** @throws the signal's reason when it is aborted */
  async describe({ sql, inputs }: QueryQuestion, signal?: AbortSignal): Promise<QueryCheck> {
    let key: string | undefined;
    const tables = Object.fromEntries(
      Object.entries(inputs).map(([name, { columns }]) => [name, tableSchema(columns.map((each) => ({ ...each, role: 'feature' as const, nullable: true })))]),
    );
    const known = this.#known.lookup((wanted) => (key = wanted))(sql, tables);
    if (known) return known;
    const answer = await this.#pool.task('describeQuery', { sql, inputs: tables }, signal);
    if (key !== undefined) this.#known.learn(key, answer);
    return answer;
  }

  /** Does work that looks up queries, again and again until all that it asks for is known. What cannot be asked stays unknown. */
  async settle<T>(assets: Assets, work: (assets: Assets) => Promise<T>): Promise<T> {
    for (let round = 1; ; round++) {
      const wanted = new Map<string, QueryQuestion>();
      const result = await work({ ...assets, query: this.#known.lookup((key, question) => wanted.set(key, question)) });
      if (wanted.size === 0 || round === ROUNDS) return result;
      const answers = await Promise.allSettled([...wanted.values()].map((question) => this.describe(question)));
      if (answers.some(({ status }) => status === 'rejected')) return result;
    }
  }
}
