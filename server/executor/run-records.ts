import type { Database } from '#server/db/client.ts';
import type { RunCounts } from '#server/db/schema.ts';
import type { ArtifactSummary, Status, StepError } from '#pipelines/events.ts';
import type { ArtifactFile, ArtifactMeta } from './messages.ts';

/** An artifact as rows know it; its path is the store's matter. */
export interface ArtifactRecord {
  readonly hash: string;
  readonly kind: ArtifactMeta['kind'];
  readonly bytes: number;
  readonly meta: ArtifactMeta;
}
export type Outputs = ReadonlyMap<string, ArtifactRecord>;

/** A change of a status found the row in a state from which it cannot come: someone else holds the step or the run. */
export class LostLease extends Error {
  override readonly name = 'LostLease';
}

interface OutputRow {
  readonly port: string;
  readonly hash: string;
  readonly kind: ArtifactMeta['kind'];
  readonly bytes: number;
  readonly meta: string;
}
export interface CacheHit {
  readonly stepId: string;
  readonly runNumber: number;
  readonly milliseconds: number;
}

/** Prepared statements for what the executor writes and looks up while runs go on. Writes belong inside a transaction. */
export class RunRecords {
  readonly #client;
  readonly #statements;

  constructor(db: Database) {
    const { $client } = db;
    this.#client = $client;
    this.#statements = {
      runStatus: $client.prepare(
        `UPDATE runs SET status = @status, started_at = coalesce(started_at, @startedAt), finished_at = @finishedAt, counts = @counts, headline = @headline, error = @error
         WHERE id = @id AND lease_owner = @owner AND status IN ('queued', 'running', 'cancelling')`,
      ),
      claimRun: $client.prepare(
        `UPDATE runs SET lease_owner = @owner, lease_no = lease_no + 1, lease_until = deadline WHERE id = @id AND status IN ('queued', 'running', 'cancelling')`,
      ),
      beginStep: $client.prepare(
        `UPDATE steps SET status = 'running', attempt = @attempt, lease_owner = @owner, lease_no = lease_no + 1, lease_until = @deadline, deadline = @deadline,
                          started_at = @at, reason = @reason, key = @key, canonical = @canonical, ready_at = @readyAt, compute = @compute
         WHERE run_id = @run AND node = @node AND status = 'queued' RETURNING lease_no AS leaseNo`,
      ),
      requeueStep: $client.prepare(
        `UPDATE steps SET status = 'queued', lease_owner = NULL, lease_until = NULL, failures = @failures, crashes = @crashes WHERE run_id = @run AND node = @node AND lease_no = @leaseNo AND status = 'running'`,
      ),
      loseStep: $client.prepare<{ run: string; node: string; leaseNo: number }, { id: string; workspaceId: string; key: string | null }>(
        `UPDATE steps SET status = 'queued', finished_at = NULL, milliseconds = NULL, reused_from = NULL
           WHERE run_id = @run AND node = @node AND lease_no = @leaseNo AND status IN ('succeeded', 'reused') RETURNING id, workspace_id AS workspaceId, key`,
      ),
      withdraw: $client.prepare('DELETE FROM step_outputs WHERE step_id = ?'),
      stopStep: $client.prepare(
        `UPDATE steps SET status = 'cancelling', deadline = @deadline WHERE run_id = @run AND node = @node AND lease_no = @leaseNo AND status = 'running'`,
      ),
      endStep: $client.prepare(
        `UPDATE steps SET status = @status, lease_owner = NULL, lease_until = NULL, deadline = NULL, finished_at = @at, milliseconds = @milliseconds, peak_bytes = @peakBytes, cpu_milliseconds = @cpuMilliseconds,
                          error = @error, reason = coalesce(@reason, reason), reused_from = @reusedFrom, key = coalesce(@key, key)
         WHERE run_id = @run AND node = @node AND lease_no = @leaseNo AND status IN ('queued', 'running', 'cancelling') RETURNING id`,
      ),
      artifact: $client.prepare('INSERT INTO artifacts (workspace_id, hash, kind, bytes, meta, created_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING'),
      output: $client.prepare('INSERT INTO step_outputs (workspace_id, step_id, port, hash, lease_no) VALUES (?, ?, ?, ?, ?)'),
      remember: $client.prepare(
        `INSERT INTO step_cache (workspace_id, key, step_id, run_number, milliseconds, created_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET step_id = excluded.step_id, run_number = excluded.run_number, milliseconds = excluded.milliseconds, created_at = excluded.created_at`,
      ),
      goodStep: $client.prepare<[string, string], string>(`SELECT id FROM steps WHERE run_id = ? AND node = ? AND status IN ('succeeded', 'reused')`).pluck(),
      pipelineOfRun: $client.prepare<[string, string], string>('SELECT pipeline_id FROM runs WHERE workspace_id = ? AND id = ?').pluck(),
      forget: $client.prepare('DELETE FROM step_cache WHERE workspace_id = ? AND key = ?'),
      lookup: $client.prepare<[string, string], CacheHit>(
        'SELECT step_id AS stepId, run_number AS runNumber, milliseconds FROM step_cache WHERE workspace_id = ? AND key = ?',
      ),
      outputsOfRun: $client.prepare<[string], OutputRow & { stepId: string }>(
        `SELECT o.step_id AS stepId, o.port, a.hash, a.kind, a.bytes, a.meta FROM steps s JOIN step_outputs o ON o.step_id = s.id
         JOIN artifacts a ON a.workspace_id = o.workspace_id AND a.hash = o.hash WHERE s.run_id = ? ORDER BY o.rowid`,
      ),
      outputs: $client.prepare<[string], OutputRow>(
        `SELECT o.port, a.hash, a.kind, a.bytes, a.meta FROM step_outputs o JOIN artifacts a ON a.workspace_id = o.workspace_id AND a.hash = o.hash
         WHERE o.step_id = ? ORDER BY o.rowid`,
      ),
      oneArtifact: $client.prepare<[string, string], Omit<OutputRow, 'port'>>(
        'SELECT hash, kind, bytes, meta FROM artifacts WHERE workspace_id = ? AND hash = ?',
      ),
      dataset: $client.prepare<[string, string], { schema: string; rowCount: number; bytes: number }>(
        'SELECT schema, row_count AS rowCount, bytes FROM dataset_versions WHERE workspace_id = ? AND hash = ? LIMIT 1',
      ),
      newestGood: $client.prepare<
        [string, string, number | null],
        { id: string; key: string | null; runNumber: number; milliseconds: number | null; runId: string }
      >(
        `SELECT id, key, run_number AS runNumber, milliseconds, run_id AS runId FROM steps
         WHERE pipeline_id = ? AND node = ? AND status IN ('succeeded', 'reused') AND run_number = coalesce(?, run_number) ORDER BY run_number DESC LIMIT 1`,
      ),
      nameModels: $client.prepare('UPDATE model_versions SET headline = ? WHERE run_id = ? AND headline IS NULL'),
      finishedStep: $client.prepare<[string, string, string], { id: string; runNumber: number; reusedFrom: number | null; milliseconds: number | null }>(
        `SELECT id, run_number AS runNumber, reused_from AS reusedFrom, milliseconds FROM steps WHERE run_id = ? AND node = ? AND key = ? AND status IN ('succeeded', 'reused')`,
      ),
      canonical: $client
        .prepare<[string, string], string>('SELECT canonical FROM steps WHERE workspace_id = ? AND key = ? AND canonical IS NOT NULL LIMIT 1')
        .pluck(),
    };
  }

  /** Runs the work in a write transaction that takes its lock at once. */
  transaction<T>(work: () => T): T {
    return this.#client.transaction(work).immediate();
  }

  claimRun(id: string, owner: string): void {
    if (this.#statements.claimRun.run({ id, owner }).changes !== 1) throw new LostLease(`run ${id}`);
  }

  runStatus(change: {
    id: string;
    owner: string;
    status: Status;
    startedAt: number | null;
    finishedAt: number | null;
    counts: RunCounts;
    headline: string | null;
    error: StepError | null;
  }): void {
    const { changes } = this.#statements.runStatus.run({
      ...change,
      counts: JSON.stringify(change.counts),
      error: change.error && JSON.stringify(change.error),
    });
    if (changes !== 1) throw new LostLease(`run ${change.id}`);
  }

  /** Gives the step to this server; returns the number of the lease. */
  beginStep(change: {
    run: string;
    node: string;
    owner: string;
    attempt: number;
    at: number;
    deadline: number;
    reason: string | null;
    key: string;
    canonical: string;
    readyAt: number | null;
    compute: string;
  }): number {
    const row = this.#statements.beginStep.get(change) as { leaseNo: number } | undefined;
    if (!row) throw new LostLease(`step ${change.node}`);
    return row.leaseNo;
  }

  requeueStep(change: { run: string; node: string; leaseNo: number; failures: number; crashes: number }): void {
    if (this.#statements.requeueStep.run(change).changes !== 1) throw new LostLease(`step ${change.node}`);
  }

  /** Takes back the result of a step: it is to be made again, and nobody takes it any more, in this run or a later one. */
  loseStep(change: { run: string; node: string; leaseNo: number }): void {
    const lost = this.#statements.loseStep.get(change);
    if (!lost) throw new LostLease(`step ${change.node}`);
    this.#statements.withdraw.run(lost.id);
    if (lost.key !== null) this.#statements.forget.run(lost.workspaceId, lost.key);
  }

  stopStep(change: { run: string; node: string; leaseNo: number; deadline: number }): void {
    if (this.#statements.stopStep.run(change).changes !== 1) throw new LostLease(`step ${change.node}`);
  }

  /** Ends the step, provided that this lease is still the highest; returns the step's id. */
  endStep(change: {
    run: string;
    node: string;
    leaseNo: number;
    status: Status;
    at: number;
    milliseconds: number | null;
    peakBytes: number | null;
    cpuMilliseconds: number | null;
    error: StepError | null;
    reason: string | null;
    reusedFrom: number | null;
    key: string | null;
  }): string {
    const row = this.#statements.endStep.get({ ...change, error: change.error && JSON.stringify(change.error) }) as { id: string } | undefined;
    if (!row) throw new LostLease(`step ${change.node}`);
    return row.id;
  }

  publish(workspaceId: string, stepId: string, leaseNo: number, outputs: Outputs, at: number): void {
    for (const [port, { hash, kind, bytes, meta }] of outputs) {
      this.#statements.artifact.run(workspaceId, hash, kind, bytes, JSON.stringify(meta), at);
      this.#statements.output.run(workspaceId, stepId, port, hash, leaseNo);
    }
  }

  remember(workspaceId: string, key: string, hit: CacheHit, at: number): void {
    this.#statements.remember.run(workspaceId, key, hit.stepId, hit.runNumber, hit.milliseconds, at);
  }

  lookup(workspaceId: string, key: string): CacheHit | undefined {
    return this.#statements.lookup.get(workspaceId, key);
  }

  outputs(stepId: string): Outputs {
    return new Map(this.#statements.outputs.all(stepId).map((row) => [row.port, recordOf(row)]));
  }

  /** The outputs of all steps of a run, by the step's id. */
  outputsOfRun(runId: string): ReadonlyMap<string, Outputs> {
    const found = new Map<string, Map<string, ArtifactRecord>>();
    for (const { stepId, ...row } of this.#statements.outputsOfRun.all(runId)) {
      const outputs = found.get(stepId) ?? new Map<string, ArtifactRecord>();
      found.set(stepId, outputs.set(row.port, recordOf(row)));
    }
    return found;
  }

  /** An artifact of the workspace; a dataset version's table counts as one. */
  artifact(workspaceId: string, hash: string): ArtifactRecord | undefined {
    const row = this.#statements.oneArtifact.get(workspaceId, hash);
    if (row) return recordOf(row);
    const dataset = this.#statements.dataset.get(workspaceId, hash);
    return dataset && { hash, kind: 'table', bytes: dataset.bytes, meta: { kind: 'table', schema: JSON.parse(dataset.schema), rowCount: dataset.rowCount } };
  }

  /** The newest good step of a node, or that of one run. */
  newestGood(
    pipelineId: string,
    node: string,
    run: number | null = null,
  ): { id: string; key: string | null; runNumber: number; milliseconds: number | null; runId: string } | undefined {
    return this.#statements.newestGood.get(pipelineId, node, run);
  }

  /** The good result that a node has in a run: the id of its step. */
  goodStep(runId: string, node: string): string | undefined {
    return this.#statements.goodStep.get(runId, node);
  }

  /** The pipeline of a run of the workspace. */
  pipelineOfRun(workspaceId: string, runId: string): string | undefined {
    return this.#statements.pipelineOfRun.get(workspaceId, runId);
  }

  /** Gives the models that a run registered before its evaluation was there the run's headline. */
  nameModels(runId: string, headline: string): void {
    this.#statements.nameModels.run(headline, runId);
  }

  /** The good result that a node has in a run, if it was made with this key. */
  finishedStep(
    runId: string,
    node: string,
    key: string,
  ): { id: string; runNumber: number; reusedFrom: number | null; milliseconds: number | null } | undefined {
    return this.#statements.finishedStep.get(runId, node, key);
  }

  /** The canonical text behind a key, as long as a step that ran with it is there. */
  canonicalOf(workspaceId: string, key: string): string | undefined {
    return this.#statements.canonical.get(workspaceId, key);
  }
}

function recordOf({ hash, kind, bytes, meta }: Omit<OutputRow, 'port'>): ArtifactRecord {
  return { hash, kind, bytes, meta: JSON.parse(meta) as ArtifactMeta };
}

export function summaryOf(port: string, { hash, kind, bytes, meta }: ArtifactRecord): ArtifactSummary {
  const table = meta.kind === 'table' ? meta : null;
  return { port, kind, hash, bytes, rowCount: table?.rowCount ?? null, columnCount: table?.schema.columns.length ?? null };
}

export const summariesOf = (outputs: Outputs): ArtifactSummary[] => [...outputs].map(([port, record]) => summaryOf(port, record));

export const fileOf = (record: ArtifactRecord, path: string): ArtifactFile => ({ hash: record.hash, path, bytes: record.bytes, meta: record.meta });
