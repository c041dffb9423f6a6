import type { AnyNode } from '#nodes/kit/define.ts';
import type { Catalog, Ports } from '#nodes/kit/define.ts';
import type { PinnedAssets, PinnedConnection } from '#server/db/schema.ts';
import type { PlannedStep } from '#pipelines/plan.ts';
import { canonicalStep, type StepParts } from '#pipelines/signature.ts';
import { hashText } from '#server/store/hashing.ts';
import type { ArtifactRecord } from './run-records.ts';

export interface StepKey {
  readonly key: string;
  readonly canonical: string;
  readonly parts: StepParts;
  readonly inputs: ReadonlyMap<string, ArtifactRecord>;
}
/** An input that the step cannot do without has no artifact. */
export interface MissingInput {
  readonly missing: { readonly port: string; readonly node: string };
}

export const datasetKey = (name: string, version: number | null): string => `${name}@${version ?? 'latest'}`;

export function readDatasetKey(key: string): { name: string; version: number | null } {
  const at = key.lastIndexOf('@');
  const version = key.slice(at + 1);
  return { name: key.slice(0, at), version: version === 'latest' ? null : Number(version) };
}

/** Of what goes into a step's key: the revision of a connection, and what the step adds to. */
export const connectionKey = (name: string): string => `connection:${name}`;
export const KEPT = 'kept:kept rows';

export interface StepAssets {
  readonly datasets: Readonly<Record<string, string>>;
  readonly files: PinnedAssets['files'];
  readonly connections: Readonly<Record<string, PinnedConnection>>;
  readonly kept: string | null;
}

/** What the step of a plan reads of the workspace, as the run pinned it. */
export function assetsOf(step: PlannedStep, catalog: Catalog, pinned: PinnedAssets): StepAssets {
  const use = catalog[step.type]?.assets?.(step.params) ?? {};
  const datasets: Record<string, string> = {};
  const files: Record<string, { hash: string; name: string }> = {};
  for (const { name, version } of use.datasets ?? []) {
    const hash = pinned.datasets[datasetKey(name, version)];
    if (hash !== undefined) datasets[datasetKey(name, version)] = hash;
  }
  for (const id of use.files ?? []) if (pinned.files[id]) files[id] = pinned.files[id];
  const connections: Record<string, PinnedConnection> = {};
  for (const name of use.connections ?? []) {
    const found = pinned.connections?.[name];
    if (found) connections[name] = found;
  }
  return { datasets, files, connections, kept: pinned.kept?.[step.node] ?? null };
}

/** The key of a step whose inputs are known: equal keys, equal results. `source` gives what a node put on a port. */
export function keyOf(
  step: PlannedStep,
  catalog: Catalog,
  pinned: PinnedAssets,
  source: (node: string, port: string) => ArtifactRecord | undefined,
): StepKey | MissingInput {
  const ports = catalog[step.type]?.inputs as Ports | undefined;
  const inputs = new Map<string, ArtifactRecord>();
  for (const [port, from] of Object.entries(step.inputs)) {
    const record = source(from.node, from.port);
    if (record) inputs.set(port, record);
    else if (!ports?.[port]?.optional) return { missing: { port, node: from.node } };
  }
  const assets: Record<string, string> = {};
  const used = assetsOf(step, catalog, pinned);
  for (const [name, hash] of Object.entries(used.datasets)) assets[`dataset:${readDatasetKey(name).name}`] = hash;
  for (const [id, { hash }] of Object.entries(used.files)) assets[`file:${id}`] = hash;
  for (const [name, { revision }] of Object.entries(used.connections)) assets[connectionKey(name)] = revision;
  if (used.kept !== null) assets[KEPT] = used.kept;
  const parts: StepParts = {
    type: step.type,
    version: step.version,
    params: step.params,
    inputs: Object.fromEntries([...inputs].map(([port, { hash }]) => [port, hash])),
    assets,
  };
  const canonical = canonicalStep(parts);
  return { key: hashText(canonical), canonical, parts, inputs };
}

/** Whether an earlier result of such a step may be taken: its node type is deterministic and its parameters do not ask for a fresh one. */
export const mayReuse = (definition: AnyNode | undefined, params: Readonly<Record<string, unknown>>): boolean =>
  definition?.deterministic !== false && definition?.alwaysRuns?.(params) !== true;
