import type { GroupSource, PipelineDocument } from '#pipelines/document.ts';
import { groupsOf } from '#pipelines/edit/groups.ts';
import { detachGroup, linkGroup, placeSubPipeline, publishedFrom, subPipelineOf, updateGroup, type SourceVersion } from '#pipelines/edit/instances.ts';
import { connect } from '#pipelines/edit/wires.ts';
import { NODE_HEIGHT, NODE_WIDTH, portX } from '../canvas/measures.ts';
import type { Designer } from '../designer.svelte.ts';
import { fittingPort } from '../library/fitting.ts';
import { freePlace, type Placing } from './place.ts';

/** What can be done with sub-pipelines that pipelines share; read only when one of it is wanted. */

const titleOf = (designer: Designer, id: string): string => designer.groups.all.find((group) => group.id === id)?.title || 'the group';

async function documentOf(designer: Designer, source: SourceVersion): Promise<PipelineDocument> {
  const document = await designer.subPipelines.versionOf(source);
  if (!document)
    throw new Error(`This version of ${source.name || 'the sub-pipeline'} is gone. Detach the group, or take the sub-pipeline from the library anew.`);
  return document;
}

/** `Version 3` after `Version 2`. */
const nameAfter = (name: string): string => {
  const match = /^(.*?)(\d+)$/.exec(name);
  return match ? `${match[1]}${Number(match[2]) + 1}` : `${name} 2`;
};

/** Saves the inside of a group for all pipelines of the workspace; the group then follows it. */
export async function saveGroup(designer: Designer, id: string): Promise<void> {
  const title = titleOf(designer, id);
  const name = title === 'the group' ? 'Sub-pipeline' : title;
  const saved = await designer.api.pipelines.create(subPipelineOf(designer.document, id, name));
  const version = await designer.api.pipelines.versions.name(saved.id, { name: 'Version 1', revision: saved.revision });
  designer.edit(`Save ${name} for other pipelines`, (document) => linkGroup(document, id, { pipeline: saved.id, version: version.id, name }));
  await designer.subPipelines.load();
  designer.view.tell(`${name} stands in the library now, under Sub-pipelines.`);
}

/** Puts a saved sub-pipeline on the canvas as one card, and wires it where asked. */
export async function placeSaved(designer: Designer, source: SourceVersion, { at, wire }: Pick<Placing, 'at' | 'wire'>): Promise<void> {
  const from = await documentOf(designer, source);
  const { x, y } = at ?? designer.view.canvas?.centre() ?? { x: 320, y: 240 };
  const kind = wire && designer.portOf(wire, wire.end === 'output' ? 'outputs' : 'inputs')?.kind;
  const port = kind ? fittingPort(designer.catalog, from, { kind, end: wire.end }) : null;
  const wish = port && wire ? ([x - portX(0, 1), wire.end === 'output' ? y : y - NODE_HEIGHT] as const) : ([x - NODE_WIDTH / 2, y - NODE_HEIGHT / 2] as const);
  let nodes: readonly string[] = [];
  designer.edit(`Add ${source.name}`, (document) => {
    const placed = placeSubPipeline(document, { source, from, at: freePlace(document, wish) });
    nodes = placed.nodes;
    const node = port && groupsOf(placed.document).find(({ id }) => id === placed.id)?.source?.ids[port.node];
    if (!port || !wire || node === undefined || node === null) return placed.document;
    const [mine, theirs] = [
      { node, port: port.port },
      { node: wire.node, port: wire.port },
    ];
    return connect(placed.document, designer.catalog, wire.end === 'output' ? { from: theirs, to: mine } : { from: mine, to: theirs });
  });
  designer.selection.choose(nodes);
  designer.view.say(`${source.name} added. Enter opens it.`);
}

/** Brings groups to the newest versions of their sub-pipelines, in one step. */
export async function updateGroups(designer: Designer, ids: readonly string[]): Promise<void> {
  const updates = await Promise.all(
    ids.flatMap((id) => {
      const standing = designer.subPipelines.of(id);
      if (!standing?.newer || !standing.saved) return [];
      const source = { pipeline: standing.source.pipeline, version: standing.newer.id, name: standing.saved.name };
      const [base, next] = [documentOf(designer, standing.source), documentOf(designer, source)];
      return [Promise.all([base, next]).then(([before, after]) => ({ id, source, base: before, next: after }))];
    }),
  );
  if (updates.length === 0) return;
  const name = updates.length === 1 ? `Update ${titleOf(designer, updates[0]!.id)}` : `Update ${updates.length} sub-pipelines`;
  designer.edit(name, (document) => updates.reduce((now, { id, ...update }) => updateGroup(now, id, update), document));
  designer.view.tell(updates.length === 1 ? `${updates[0]!.source.name} is the newest version now.` : `${updates.length} sub-pipelines are up to date now.`);
}

/** Makes what was changed in a group a new version of its sub-pipeline, which other pipelines can take. */
export async function publishGroup(designer: Designer, id: string): Promise<void> {
  const standing = designer.subPipelines.of(id);
  if (!standing?.saved) return;
  const { pipeline } = standing.source;
  const [base, current] = await Promise.all([documentOf(designer, standing.source), designer.api.pipelines.get(pipeline)]);
  const given = publishedFrom(designer.document, id, { base, draft: current.document });
  if (!given) return;
  const { revision } = await designer.api.pipelines.save(pipeline, current.revision, given.draft);
  const version = await designer.api.pipelines.versions.name(pipeline, { name: nameAfter(standing.saved.latest.name), revision });
  const source: SourceVersion = { pipeline, version: version.id, name: given.draft.name };
  const withIds = (document: PipelineDocument): PipelineDocument => ({
    ...document,
    groups: groupsOf(document).map((group) => (group.id === id ? { ...group, source: { ...(group.source as GroupSource), ids: { ...given.ids } } } : group)),
  });
  await designer.subPipelines.load();
  const next = await documentOf(designer, source);
  designer.edit(`Publish ${source.name}`, (document) => updateGroup(withIds(document), id, { source, base, next }));
  designer.view.tell(`${version.name} of ${source.name} is there for all pipelines.`);
}

/** Makes a group a plain one. */
export function detach(designer: Designer, id: string): void {
  designer.edit(`Detach ${titleOf(designer, id)}`, (document) => detachGroup(document, id));
}

/** Names the state of the open sub-pipeline as its next version. */
export async function publishOpen(designer: Designer): Promise<void> {
  await designer.save.flush();
  await designer.subPipelines.load();
  const latest = designer.subPipelines.list?.find(({ id }) => id === designer.pipeline.id)?.latest;
  if (latest && (await designer.api.pipelines.versions.get(designer.pipeline.id, latest.id)).current) {
    designer.view.tell(`${latest.name} is just as it stands here.`);
    return;
  }
  const version = await designer.api.pipelines.versions.name(designer.pipeline.id, { name: latest ? nameAfter(latest.name) : 'Version 1' });
  await designer.subPipelines.load();
  designer.view.tell(`${version.name} is there for all pipelines. Those that use it can update.`);
}
