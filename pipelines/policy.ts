import { z } from 'zod';

const seconds = z.number().positive().max(604_800);

/** How a step is carried out. What is left out comes from the pipeline, and what that leaves out from the defaults. */
export const stepPolicy = z.strictObject({
  /** Begun again so many times when it fails. */
  retries: z.int().min(0).max(20).optional(),
  /** Before the first of them; doubled for each further one, ten minutes at most. */
  retryDelaySeconds: z.number().min(0).max(3_600).optional(),
  /** Begun again so many times when its process or the server ended under it. */
  crashRetries: z.int().min(0).max(20).optional(),
  /** The longest that one attempt may take; `null` = as long as the server allows. */
  timeLimitSeconds: seconds.nullable().optional(),
  /** When it does not succeed: `continue` with all that does not need it, or `stop`, so that nothing more begins. */
  onFailure: z.enum(['continue', 'stop']).optional(),
  /** Name of the compute that carries it out; `null` = the workspace's default. */
  compute: z.string().min(1).max(63).nullable().optional(),
  /** Slots that it takes, each with its share of the threads. */
  slots: z.int().min(1).max(256).optional(),
  /** Memory that it may use; `null` = what the compute gives to a step. */
  memoryMegabytes: z.int().min(128).max(4_194_304).nullable().optional(),
});
export type StepPolicy = z.output<typeof stepPolicy>;

/** What holds for a run as a whole, and for each of its steps that says nothing else. */
export const runPolicy = stepPolicy.extend({
  /** Runs with a higher one go first; 0 is usual. */
  priority: z.int().min(-10).max(10).optional(),
  /** The longest that a run may take from its request on; `null` = as long as the server allows. */
  runTimeLimitSeconds: seconds.nullable().optional(),
});
export type RunPolicy = z.output<typeof runPolicy>;

export type FullStepPolicy = Required<StepPolicy>;

export const DEFAULT_POLICY: FullStepPolicy & Required<RunPolicy> = {
  retries: 0,
  retryDelaySeconds: 5,
  crashRetries: 1,
  timeLimitSeconds: null,
  onFailure: 'continue',
  compute: null,
  slots: 1,
  memoryMegabytes: null,
  priority: 0,
  runTimeLimitSeconds: null,
};

const LONGEST_DELAY_SECONDS = 600;

interface Policies {
  readonly policy?: RunPolicy;
  readonly nodes: readonly { readonly id: string; readonly policy?: StepPolicy }[];
}

/** What holds for a run: what its request says, else what the pipeline says, else the default. */
export const policyOfRun = (document: Pick<Policies, 'policy'>, request: RunPolicy = {}): Required<RunPolicy> =>
  merge(DEFAULT_POLICY, document.policy, request);

/** What holds for each node: what it says itself, else what holds for the run. */
export function policiesOf(document: Policies, request: RunPolicy = {}): ReadonlyMap<string, FullStepPolicy> {
  const { priority: _priority, runTimeLimitSeconds: _limit, ...common } = policyOfRun(document, request);
  return new Map(document.nodes.map(({ id, policy }) => [id, policy ? merge(common, policy) : common]));
}

function merge<T extends object>(base: T, ...changes: readonly (Partial<T> | undefined)[]): T {
  const merged = { ...base };
  for (const change of changes) for (const [key, value] of Object.entries(change ?? {})) if (value !== undefined) merged[key as keyof T] = value as T[keyof T];
  return merged;
}

/** Seconds until the attempt after the one that failed. */
export const retryDelay = ({ retryDelaySeconds }: Pick<FullStepPolicy, 'retryDelaySeconds'>, failures: number): number =>
  Math.min(LONGEST_DELAY_SECONDS, retryDelaySeconds * 2 ** Math.max(0, failures - 1));
