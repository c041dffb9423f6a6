import type { Catalog } from '#nodes/kit/define.ts';
import type { Database } from '#server/db/client.ts';
import type { PinnedAssets, PinnedInputs } from '#server/db/schema.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { isFinal, type Status } from '#pipelines/events.ts';
import { applyParameters, plan, type Plan, type Scope } from '#pipelines/plan.ts';
import { policiesOf, type FullStepPolicy, type RunPolicy } from '#pipelines/policy.ts';
import type { Compute, Computes } from '#server/compute/computes.ts';
import { createState, type CoreInput, type Phase } from './core.ts';
import { withGiven } from './given-results.ts';
import type { LiveRunStart } from './live-run.ts';
import type { LiveStep } from './live-step.ts';
import type { RunRecords } from './run-records.ts';

interface RunRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly pipeline_id: string;
  readonly pipeline_name: string;
  readonly number: number;
  readonly status: Status;
  readonly deadline: number;
  readonly parameters: string;
  readonly scope: string;
  readonly force: 0 | 1;
  readonly assets: string;
  readonly inputs: string;
  readonly resume_of: string | null;
  readonly started_at: number | null;
  readonly headline: string | null;
  readonly document: string;
  readonly policy: string;
  readonly priority: number;
}
interface StepRow {
  readonly id: string;
  readonly node: string;
  readonly name: string;
  readonly status: Status;
  readonly attempt: number;
  readonly lease_no: number;
  readonly failures: number;
  readonly crashes: number;
  readonly ready_at: number | null;
}

const ORIGIN = `WITH RECURSIVE earlier (id, resume_of) AS
  (SELECT id, resume_of FROM runs WHERE id = ? UNION ALL SELECT r.id, r.resume_of FROM runs r JOIN earlier e ON r.id = e.resume_of)
  SELECT id FROM earlier WHERE resume_of IS NULL`;

/** Reads a run that has not ended from the database, as it stands there. */
export class RunLoad {
  readonly #catalog: Catalog;
  readonly #records: RunRecords;
  readonly #computes: Computes;
  readonly #run;
  readonly #origin;
  readonly #steps;

  constructor(db: Database, catalog: Catalog, records: RunRecords, computes: Computes) {
    this.#catalog = catalog;
    this.#records = records;
    this.#computes = computes;
    this.#run = db.$client.prepare<[string], RunRow>('SELECT r.*, v.document FROM runs r JOIN pipeline_versions v ON v.id = r.version_id WHERE r.id = ?');
    this.#origin = db.$client.prepare<[string], { id: string }>(ORIGIN);
    this.#steps = db.$client.prepare<[string], StepRow>(
      'SELECT id, node, name, status, attempt, lease_no, failures, crashes, ready_at FROM steps WHERE run_id = ? ORDER BY position',
    );
  }

  /** `known`: the plan of the run, when it was just made. */
  load(id: string, known?: Plan): LiveRunStart {
    const row = this.#run.get(id);
    if (!row || isFinal(row.status)) throw new Error(`Run ${id} is not under way.`);
    const raw = JSON.parse(row.document) as PipelineDocument;
    const { document } = applyParameters(raw, JSON.parse(row.parameters) as Record<string, unknown>, this.#catalog);
    const assets = JSON.parse(row.assets) as PinnedAssets;
    const plannedSteps = withGiven((known ?? plan(document, this.#catalog, JSON.parse(row.scope) as Scope)).steps, assets);
    const planned = new Map(plannedSteps.map((step) => [step.node, step]));
    const policies = policiesOf(document, JSON.parse(row.policy) as RunPolicy);
    const find = this.#computes.finder(row.workspace_id);
    const steps = new Map<string, LiveStep>();
    const inputs: CoreInput[] = [];
    for (const each of this.#steps.all(id)) {
      const step = planned.get(each.node);
      if (!step) throw new Error(`Run ${id} has a step "${each.node}" that its version does not plan.`);
      const policy = policies.get(each.node)!;
      const { node, attempt, failures, crashes } = each;
      steps.set(node, this.#liveStep(each, step, policy, find(policy.compute)));
      inputs.push({ node, needs: Object.values(step.inputs).map((from) => from.node), phase: phaseOf(each.status), attempt, failures, crashes, policy });
    }
    return {
      facts: {
        id,
        workspaceId: row.workspace_id,
        pipelineId: row.pipeline_id,
        name: row.pipeline_name,
        number: row.number,
        force: row.force === 1,
        assets,
        inputs: JSON.parse(row.inputs) as PinnedInputs,
        resumeOf: row.resume_of,
        origin: row.resume_of === null ? id : this.#origin.get(id)!.id,
        deadline: row.deadline,
        priority: row.priority,
      },
      document,
      steps,
      state: createState(inputs, { cancelling: row.status === 'cancelling' }),
      status: row.status as LiveRunStart['status'],
      startedAt: row.started_at,
      headline: row.headline,
    };
  }

  #liveStep(
    { id, name, status, lease_no: leaseNo, ready_at: readyAt }: StepRow,
    planned: LiveStep['planned'],
    policy: FullStepPolicy,
    compute: Compute | undefined,
  ): LiveStep {
    const good = status === 'succeeded' || status === 'reused';
    return {
      id,
      planned,
      name,
      definition: this.#catalog[planned.type],
      policy,
      compute,
      taken: 0,
      readyAt,
      usage: null,
      rest: null,
      leaseNo,
      key: null,
      reason: null,
      reuse: null,
      outputs: good ? this.#records.outputs(id) : null,
      error: null,
      startedAt: 0,
      startedTicks: 0,
      milliseconds: null,
      end: null,
      controller: null,
      timedOut: false,
    };
  }
}

/** Steps that were running have been settled by the recovery before. */
function phaseOf(status: Status): Phase {
  if (isFinal(status)) return status as Phase;
  if (status !== 'queued') throw new Error(`A step is still ${status}.`);
  return 'waiting';
}
