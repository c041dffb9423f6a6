/** Queries that try to leave what a step may read; `folder` and `secret` must stay unread, `own` is the step's. */
export const sqlAttacks = ({ folder, own, secret }: { folder: string; own: string; secret: string }): readonly (readonly [what: string, sql: string])[] => [
  ['reads a file', `SELECT * FROM read_text('${secret}')`],
  ['reads a file outside through ..', `SELECT * FROM read_text('${own}/../secret.txt')`],
  ['reads a file outside through a link', `SELECT * FROM read_text('${own}/link.txt')`],
  ['reads a CSV file', `SELECT * FROM read_csv('${secret}')`],
  ['reads a JSON file', `SELECT * FROM read_json('${secret}')`],
  ['reads a file by its name', `SELECT * FROM '${secret}'`],
  ['reads a Parquet file', `SELECT * FROM read_parquet('${folder}/*.parquet')`],
  ['sniffs a file', `SELECT * FROM sniff_csv('${secret}')`],
  ['fetches an address', `SELECT * FROM read_text('http://127.0.0.1:9/x')`],
  ['writes a file', `COPY (SELECT 1) TO '${folder}/out.csv'`],
  ['attaches a database', `ATTACH '${folder}/x.db'`],
  ['exports', `EXPORT DATABASE '${folder}/export'`],
  ['installs an extension', 'INSTALL httpfs'],
  ['loads an extension', `LOAD '${secret}'`],
  ['changes a setting', `SET memory_limit = '100GB'`],
  ['moves the spill folder', `SET temp_directory = '${folder}'`],
  ['moves the folder of secrets', `SET secret_directory = '${folder}'`],
  ['turns logging on', 'SET enable_logging = true'],
  ['allows itself files', 'SET enable_external_access = true'],
  ['unlocks the configuration', 'RESET lock_configuration'],
  ['reads the environment', `SELECT getenv('HOME')`],
  ['profiles into a file', `PRAGMA profiling_output = '${folder}/p.json'`],
  ['logs its queries into a file', `PRAGMA enable_profiling; SET log_query_path = '${folder}/log.txt'`],
  ['creates a secret', `CREATE SECRET s (TYPE s3)`],
  ['runs two statements', 'SELECT 1; SELECT 2'],
  ['leaves the parentheses', `SELECT 1) TO '${folder}/out.csv'; COPY (SELECT 1`],
  ['is empty', '  -- nothing'],
];

/** What a plan may know, as it reads nothing, and only a run refuses. */
export const SQL_ATTACKS_OF_RUNS: readonly (readonly [what: string, sql: string])[] = [['lists secrets', 'SELECT * FROM duckdb_secrets()']];
