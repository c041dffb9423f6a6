import type { DocumentDifference } from '#pipelines/diff.ts';
import type { DocumentGroup, GroupSource, PipelineDocument } from '#pipelines/document.ts';
import { groupsOf } from '#pipelines/edit/groups.ts';
import type * as Instances from '#pipelines/edit/instances.ts';
import type { SubPipeline } from '../../api-sub-pipeline-types.ts';
import type { Api } from '../../api.ts';

/** How a group stands to the sub-pipeline that it was made from. */
export interface Standing {
  readonly source: GroupSource;
  /** The sub-pipeline as the workspace has it; null when it is gone. */
  readonly saved: SubPipeline | null;
  /** A newer version than the one that the group was made from. */
  readonly newer: SubPipeline['latest'] | null;
  /** What was changed in the group; null while it is not known, as when its version is gone. */
  readonly changes: DocumentDifference | null;
}

const versionKey = ({ pipeline, version }: Pick<GroupSource, 'pipeline' | 'version'>): string => `${pipeline}/${version}`;

/** The saved sub-pipelines of the workspace, and how the groups that were made from them stand to them. */
export class SubPipelines {
  /** Null until they are read. */
  list = $state.raw<readonly SubPipeline[] | null>(null);
  /** Versions as they were saved; null = there is no such version any more. */
  #versions = $state.raw<ReadonlyMap<string, PipelineDocument | null>>(new Map());
  /** Read once a group is made from a sub-pipeline. */
  #instances = $state.raw<typeof Instances | null>(null);
  readonly #asked = new Map<string, Promise<PipelineDocument | null>>();
  readonly #api: Api;
  readonly #own: string;
  readonly #document: () => PipelineDocument;
  readonly #standings: ReadonlyMap<string, Standing> = $derived.by(() => this.#look());

  /** @param own Id of the open pipeline, which is no part of itself. */
  constructor(api: Api, own: string, document: () => PipelineDocument) {
    this.#api = api;
    this.#own = own;
    this.#document = document;
  }

  /** Those that can stand on this canvas. */
  readonly offered: readonly SubPipeline[] = $derived.by(() => (this.list ?? []).filter(({ id }) => id !== this.#own));

  /** What those hold, each in its newest version, as far as it was read. */
  readonly contents: ReadonlyMap<string, PipelineDocument> = $derived.by(
    () =>
      new Map(
        this.offered.flatMap(({ id, latest }) => {
          const document = this.#versions.get(versionKey({ pipeline: id, version: latest.id }));
          return document ? [[id, document] as const] : [];
        }),
      ),
  );

  async readContents(): Promise<void> {
    await Promise.all(this.offered.map(({ id, latest }) => this.versionOf({ pipeline: id, version: latest.id })));
  }

  async load(): Promise<void> {
    this.list = (await this.#api.subPipelines()).items;
  }

  /** Undefined for a plain group. */
  of(group: string): Standing | undefined {
    return this.#standings.get(group);
  }

  /** Reads the versions that the groups of a document were made from. */
  async ensure(document: PipelineDocument): Promise<void> {
    const sources = groupsOf(document).flatMap(({ source }) => source ?? []);
    if (sources.length === 0) return;
    this.#instances ??= await import('#pipelines/edit/instances.ts');
    await Promise.all(sources.map((source) => this.versionOf(source)));
  }

  /** The document of a version, which never changes; null when it is gone. */
  versionOf(source: Pick<GroupSource, 'pipeline' | 'version'>): Promise<PipelineDocument | null> {
    const key = versionKey(source);
    const asked = this.#asked.get(key) ?? this.#read(source).then((document) => this.#keep(key, document));
    this.#asked.set(key, asked);
    return asked;
  }

  async #read({ pipeline, version }: Pick<GroupSource, 'pipeline' | 'version'>): Promise<PipelineDocument | null> {
    return this.#api.pipelines.versions.get(pipeline, version).then(
      ({ document }) => document,
      () => null,
    );
  }

  #keep(key: string, document: PipelineDocument | null): PipelineDocument | null {
    this.#versions = new Map(this.#versions).set(key, document);
    // What was out of reach is asked for again.
    if (document === null) this.#asked.delete(key);
    return document;
  }

  #look(): ReadonlyMap<string, Standing> {
    const document = this.#document();
    const groups = groupsOf(document).filter((group): group is DocumentGroup & { source: GroupSource } => group.source !== undefined);
    return new Map(
      groups.map(({ id, source }) => {
        const saved = this.list?.find((each) => each.id === source.pipeline) ?? null;
        const base = this.#versions.get(versionKey(source));
        const newer = saved && saved.latest.id !== source.version ? saved.latest : null;
        return [id, { source, saved, newer, changes: (base && this.#instances?.differsFromSource(document, id, base)) ?? null }];
      }),
    );
  }
}

/** How many nodes and wires differ. */
export const countChanges = ({ nodes, edges, groups }: DocumentDifference): number =>
  nodes.added.length + nodes.removed.length + nodes.changed.length + edges.added.length + edges.removed.length + groups.added.length + groups.removed.length;
