import Sqlite from 'better-sqlite3';

export interface History {
  /** A run that ended, of which all others become copies. */
  readonly template: string;
  /** Pipelines that the runs are of in turn. */
  readonly pipelines: readonly string[];
  /** One run of this one lies at the very beginning, and none after it. */
  readonly rare: string;
  readonly runs: number;
}

const STEP_EVERY = 10;
const MILLISECONDS_APART = 1_000;

/**
 * Writes ended runs into the database of a server that is not running, as copies of one that it made: all columns are as they were, but
 * for those that tell runs apart. One in ten has its steps and events. One in a hundred failed; the first one alone crashed.
 * @param file the database
 */
export function writeHistory(file: string, { template, pipelines, rare, runs }: History): void {
  const client = new Sqlite(file);
  try {
    client.pragma('foreign_keys = ON');
    const first = (client.prepare('SELECT max(number) FROM runs').pluck().get() as number) + 1;
    const pipelineOf = `(SELECT value FROM json_each(@pipelines) WHERE key = n.i % ${pipelines.length})`;
    const back = `(@runs - n.i) * ${MILLISECONDS_APART}`;
    const later = (column: string): string => `t.${column} - ${back}`;
    const copy = (table: string, where: string, count: number, replaced: Readonly<Record<string, string>>): void => {
      const columns = (client.pragma(`table_info(${table})`) as { name: string }[]).map((column) => column.name);
      const values = columns.map((column) => replaced[column] ?? `t."${column}"`).join(', ');
      client
        .prepare(
          `WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < @runs)
           INSERT INTO ${table} SELECT ${values} FROM n, ${table} t WHERE ${where} = @template AND n.i % ${count} = 0`,
        )
        .run({ runs, template, first, pipelines: JSON.stringify(pipelines), rare });
    };
    const runId = `printf('history-run-%08d', n.i)`;
    const pipeline = `CASE n.i WHEN 0 THEN @rare ELSE ${pipelineOf} END`;
    client
      .transaction(() => {
        copy('runs', 't.id', 1, {
          id: runId,
          number: '@first + n.i',
          pipeline_id: pipeline,
          status: `CASE WHEN n.i = 0 THEN 'crashed' WHEN n.i % 100 = 7 THEN 'failed' ELSE t.status END`,
          created_at: later('created_at'),
          started_at: later('started_at'),
          finished_at: later('finished_at'),
        });
        copy('steps', 't.run_id', STEP_EVERY, {
          id: `printf('history-step-%08d-%s', n.i, t.node)`,
          run_id: runId,
          run_number: '@first + n.i',
          pipeline_id: pipeline,
        });
        copy('run_events', 't.run_id', STEP_EVERY, { run_id: runId });
        client.prepare(`UPDATE counters SET value = @first + @runs WHERE name = 'run'`).run({ first, runs });
      })
      .immediate();
  } finally {
    client.close();
  }
}
