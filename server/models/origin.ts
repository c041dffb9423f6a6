import { readFile, stat } from 'node:fs/promises';
import type { Catalog } from '#nodes/kit/define.ts';
import type { Report } from '#nodes/kit/reports.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import { ancestors, graphOf, wireInto, type Graph } from '#pipelines/graph.ts';
import { parseParams } from '#pipelines/node-params.ts';
import { applyParameters } from '#pipelines/plan.ts';
import { runningPart } from '#pipelines/running.ts';
import type { Database } from '#server/db/client.ts';
import type { PinnedAssets } from '#server/db/schema.ts';
import type { ModelDataset, ModelEvaluation } from '#server/db/schema/models.ts';
import { datasetKey } from '#server/executor/step-key.ts';
import type { Store } from '#server/store/store.ts';

/** Where a model comes from: the node of a run, the pipeline as it was then, and the data that led to it. */
export interface ModelOrigin {
  readonly runId: string;
  readonly runNumber: number;
  readonly headline: string | null;
  readonly node: string;
  readonly pipelineId: string;
  readonly pipelineVersionId: string;
  readonly pipelineName: string;
  readonly datasets: readonly ModelDataset[];
}
export interface OriginParts {
  readonly db: Database;
  readonly store: Pick<Store, 'pathOf'>;
  readonly catalog: Catalog;
}

interface RunRow {
  readonly runId: string;
  readonly runNumber: number;
  readonly headline: string | null;
  readonly pipelineId: string;
  readonly pipelineVersionId: string;
  readonly pipelineName: string;
  readonly document: string;
  readonly parameters: string;
  readonly assets: string;
}

const LARGEST_REPORT = 8 * 2 ** 20;

/** The run that made a model, and the node within it; of several runs the one named, or else the newest. Undefined for what no run of the workspace made. */
export function originOf({ db, catalog }: OriginParts, workspaceId: string, hash: string, runId: string | null = null): ModelOrigin | undefined {
  // A step without a key was given the model, it did not make it.
  const step = db.$client
    .prepare<{ workspaceId: string; hash: string; runId: string | null }, { runId: string; node: string }>(
      `SELECT s.run_id AS runId, s.node FROM step_outputs o CROSS JOIN steps s ON s.id = o.step_id
       WHERE o.workspace_id = @workspaceId AND o.hash = @hash AND (@runId IS NULL OR s.run_id = @runId)
       ORDER BY s.key IS NULL, s.run_number DESC, s.position LIMIT 1`,
    )
    .get({ workspaceId, hash, runId });
  const run = step && runRow(db, step.runId);
  if (!run) return undefined;
  const { document, parameters, assets, ...known } = run;
  const { running } = asItRan(document, parameters, catalog);
  return { ...known, node: step.node, datasets: datasetsBehind(db, { workspaceId, document: running, node: step.node, assets: JSON.parse(assets) }, catalog) };
}

function runRow({ $client }: Database, id: string): RunRow | undefined {
  return $client
    .prepare<[string], RunRow>(
      `SELECT r.id AS runId, r.number AS runNumber, r.headline, r.pipeline_id AS pipelineId, r.version_id AS pipelineVersionId, r.pipeline_name AS pipelineName,
              v.document, r.parameters, r.assets FROM runs r JOIN pipeline_versions v ON v.id = r.version_id WHERE r.id = ?`,
    )
    .get(id);
}

function asItRan(document: string, parameters: string, catalog: Catalog) {
  const written = JSON.parse(document) as PipelineDocument;
  return runningPart(applyParameters(written, JSON.parse(parameters) as Record<string, unknown>, catalog).document, catalog);
}

/** Versions of datasets that nodes before one read, as the run had pinned them. */
function datasetsBehind(
  { $client }: Database,
  { workspaceId, document, node, assets }: { workspaceId: string; document: Pick<PipelineDocument, 'nodes' | 'edges'>; node: string; assets: PinnedAssets },
  catalog: Catalog,
): ModelDataset[] {
  const before = ancestors(graphOf(document), node);
  const versionOf = $client
    .prepare<[string, string, string], number>(
      'SELECT v.version FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id WHERE d.workspace_id = ? AND d.name = ? AND v.hash = ? ORDER BY v.version DESC LIMIT 1',
    )
    .pluck();
  const found = new Map<string, ModelDataset>();
  for (const each of document.nodes) {
    const definition = catalog[each.type];
    const params = before.has(each.id) && definition ? parseParams(definition, each).params : undefined;
    for (const { name, version } of (params && definition?.assets?.(params).datasets) || []) {
      const hash = assets.datasets[datasetKey(name, version)];
      const known = hash === undefined ? undefined : (version ?? versionOf.get(workspaceId, name, hash));
      if (hash !== undefined && known !== undefined) found.set(`${name}@${known}`, { name, version: known, hash });
    }
  }
  return [...found.values()];
}

/** All that evaluations in a run say of a model that it made: of each scored table the figures under its name. */
export async function evaluationsOf({ db, store, catalog }: OriginParts, runId: string, hash: string): Promise<ModelEvaluation[]> {
  const run = runRow(db, runId);
  if (!run) return [];
  const { running } = asItRan(run.document, run.parameters, catalog);
  const graph = graphOf(running);
  const outputs = db.$client
    .prepare<[string], { node: string; port: string; hash: string; report: string | null }>(
      `SELECT s.node, o.port, o.hash, json_extract(a.meta, '$.report') AS report FROM steps s JOIN step_outputs o ON o.step_id = s.id
       JOIN artifacts a ON a.workspace_id = o.workspace_id AND a.hash = o.hash WHERE s.run_id = ? ORDER BY s.position`,
    )
    .all(runId);
  const at = new Map(outputs.map((each) => [`${each.node}\n${each.port}`, each.hash]));
  const found: ModelEvaluation[] = [];
  for (const { node, hash: file, report } of outputs) {
    if (report !== 'evaluation') continue;
    const places = scoredBy(graph, catalog, node).map((place) => place !== null && at.get(`${place.node}\n${place.port}`) === hash);
    if (!places.includes(true)) continue;
    const path = store.pathOf(file);
    const size = await stat(path).catch(() => null);
    if (!size || size.size > LARGEST_REPORT) continue;
    const read = JSON.parse(await readFile(path, 'utf8')) as Report;
    if (read.type !== 'evaluation') continue;
    for (const [index, model] of read.models.entries()) {
      if (!places[index]) continue;
      const { metrics } = model;
      const all = index === 0 ? { ...metrics, ...read.summary } : metrics;
      found.push({ node, title: graph.nodes.get(node)?.name || catalog[graph.nodes.get(node)!.type]?.title || node, task: read.task, metrics: numbersOf(all) });
    }
  }
  return found;
}

const numbersOf = (metrics: Readonly<Record<string, unknown>>): Record<string, number> =>
  Object.fromEntries(Object.entries(metrics).filter((entry): entry is [string, number] => typeof entry[1] === 'number' && Number.isFinite(entry[1])));

/** For each table that enters a node, in the order of its ports: where the model comes from that scored it, or null. */
function scoredBy(graph: Graph, catalog: Catalog, node: string): ({ node: string; port: string } | null)[] {
  const wired = portsOf(graph, catalog, node, 'table').flatMap((port) => wireInto(graph, node, port)?.from.node ?? []);
  return wired.map((start) => {
    const seen = new Set<string>();
    for (let id: string | undefined = start; id !== undefined && !seen.has(id);) {
      seen.add(id);
      const current: string = id;
      const model = portsOf(graph, catalog, current, 'model').flatMap((port) => wireInto(graph, current, port)?.from ?? [])[0];
      if (model) return model;
      id = portsOf(graph, catalog, current, 'table').flatMap((port) => wireInto(graph, current, port)?.from.node ?? [])[0];
    }
    return null;
  });
}

function portsOf(graph: Graph, catalog: Catalog, node: string, kind: string): string[] {
  const ports = (catalog[graph.nodes.get(node)?.type ?? '']?.inputs ?? {}) as Readonly<Record<string, { readonly kind: string }>>;
  return Object.keys(ports).filter((port) => ports[port]!.kind === kind);
}
