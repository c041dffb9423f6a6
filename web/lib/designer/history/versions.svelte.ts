import { compare, type Comparison } from '#pipelines/compare.ts';
import type { PipelineDocument } from '#pipelines/document.ts';
import type { PipelineVersion } from '../../api-types.ts';
import type { Api } from '../../api.ts';
import { Pages } from '../../loading.svelte.ts';
import { moment } from '../../format.ts';

/** The draft as it stands on the canvas, in lists of versions. */
export const DRAFT = 'draft';

export interface ShownComparison extends Comparison {
  readonly beforeLabel: string;
  readonly afterLabel: string;
  readonly before: PipelineDocument;
  readonly after: PipelineDocument;
}

/** What the version is called: its name, else the runs that ran it. */
export function versionLabel({ name, lastRun, runCount, at }: PipelineVersion): string {
  if (name !== null) return name;
  if (!lastRun) return moment(at);
  return runCount > 1 ? `Run ${lastRun.number} and ${runCount - 1} before` : `Run ${lastRun.number}`;
}

/** The versions of one pipeline, and two of them laid over each other. */
export class Versions {
  readonly pages: Pages<PipelineVersion>;
  readonly #api: Api;
  readonly #pipeline: string;
  readonly #draft: () => PipelineDocument;
  /** Versions never change, so each is read once. */
  readonly #documents = new Map<string, PipelineDocument>();

  constructor(api: Api, pipeline: string, draft: () => PipelineDocument) {
    this.#api = api;
    this.#pipeline = pipeline;
    this.#draft = draft;
    this.pages = new Pages((cursor) => api.pipelines.versions.list(pipeline, { limit: 50, cursor }));
  }

  async documentOf(id: string): Promise<PipelineDocument> {
    if (id === DRAFT) return this.#draft();
    const known = this.#documents.get(id);
    if (known) return known;
    const { document } = await this.#api.pipelines.versions.get(this.#pipeline, id);
    this.#documents.set(id, document);
    return document;
  }

  async compare(beforeId: string, afterId: string): Promise<ShownComparison> {
    const [before, after] = await Promise.all([this.documentOf(beforeId), this.documentOf(afterId)]);
    return { ...compare(before, after), before, after, beforeLabel: this.labelOf(beforeId), afterLabel: this.labelOf(afterId) };
  }

  labelOf(id: string): string {
    const version = this.pages.items.find((each) => each.id === id);
    return id === DRAFT ? 'Draft' : version ? versionLabel(version) : id;
  }
}
