import type { Catalog } from '#nodes/kit/define.ts';
import type { Commits } from '#server/db/commits.ts';
import type { ArtifactExchange } from '#server/compute/adapter.ts';
import type { Computes } from '#server/compute/computes.ts';
import type { PinnedAssets, PinnedInputs } from '#server/db/schema.ts';
import type { Store } from '#server/store/store.ts';
import type { RunEvents } from './run-events.ts';
import type { RunRecords } from './run-records.ts';
import type { EffectHandlers } from './run-types.ts';

/** All that a run under way uses of the server. */
export interface RunWorld {
  readonly records: RunRecords;
  readonly events: RunEvents;
  readonly commits: Commits;
  readonly store: Store;
  readonly computes: Computes;
  readonly exchange: ArtifactExchange;
  readonly catalog: Catalog;
  readonly effects: EffectHandlers;
  /** Name of this server's leases. */
  readonly owner: string;
  readonly allowedHosts: readonly string[];
  /** The longest that one step may take. */
  readonly stepMilliseconds: number;
  readonly now: () => number;
  /** For the server's own log: what went wrong that no run can show. */
  readonly onError: (error: unknown, runId: string) => void;
  /** Keeps an eye on removals that nothing waits for. */
  readonly tidy: (removal: Promise<unknown>) => void;
  /** A slot may have become free. */
  readonly offer: () => void;
}

/** The facts of a run that never change while it is under way. */
export interface LiveRunFacts {
  readonly id: string;
  readonly workspaceId: string;
  readonly pipelineId: string;
  /** The pipeline's name when the run was started. */
  readonly name: string;
  readonly number: number;
  readonly force: boolean;
  readonly assets: PinnedAssets;
  readonly inputs: PinnedInputs;
  readonly resumeOf: string | null;
  /** The run that this one goes on with, directly or by way of others; else itself. */
  readonly origin: string;
  readonly deadline: number;
  readonly priority: number;
}
