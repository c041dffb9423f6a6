import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { outlineOf, type Outline } from '#pipelines/outline.ts';
import { sampleList, type Sample } from '#pipelines/samples/samples.ts';
import { notFound } from '../errors.ts';
import type { DatasetDetail, Datasets } from './datasets.ts';
import type { Pipelines, PipelineView } from './pipelines.ts';

/** Data that comes with the product. */
export interface SampleDataset {
  readonly name: string;
  readonly fileName: string;
  readonly rowCount: number;
  readonly columnCount: number;
  readonly summary: string;
  readonly licence: string;
  /** How the values of one column spread: rows in each bar. */
  readonly picture: { readonly column: string; readonly counts: readonly number[] };
  /** Whether the workspace has a dataset of that name. */
  readonly added: boolean;
}

export interface SampleView {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  readonly summary: string;
  readonly task: string;
  readonly rowCount: number;
  readonly outline: Outline;
}

const folder = join(import.meta.dirname, '../../pipelines/samples');

/** The gallery: pipelines that come with the product, with their data. */
export class Samples {
  readonly #pipelines: Pipelines;
  readonly #datasets: Datasets;
  /** Two people who open samples on one dataset at the same time share the reading of it. */
  readonly #registering = new Map<string, Promise<unknown>>();

  constructor(pipelines: Pipelines, datasets: Datasets) {
    this.#pipelines = pipelines;
    this.#datasets = datasets;
  }

  async list(): Promise<SampleView[]> {
    return Promise.all(
      (await this.#all()).map(async ({ id, title, question, summary, task, dataset }) => ({
        id,
        title,
        question,
        summary,
        task,
        rowCount: dataset.rowCount,
        outline: outlineOf(await this.#document(id)),
      })),
    );
  }

  /** A new pipeline from the sample; its dataset is registered when the workspace has none of that name. */
  async open(workspaceId: string, id: string): Promise<PipelineView> {
    const sample = (await this.#all()).find((each) => each.id === id);
    if (!sample) throw notFound('sample', id);
    await this.#register(workspaceId, sample.dataset);
    return this.#pipelines.create(workspaceId, await this.#document(id));
  }

  async listDatasets(workspaceId: string): Promise<SampleDataset[]> {
    const byName = new Map((await this.#all()).map(({ dataset }) => [dataset.name, dataset]));
    return [...byName.values()].map(({ file, ...rest }) => ({ ...rest, fileName: file, added: this.#datasets.find(workspaceId, rest.name) !== null }));
  }

  /** Adds built-in data to the workspace; gives what is there when it has a dataset of that name. */
  async addDataset(workspaceId: string, name: string): Promise<DatasetDetail> {
    const sample = (await this.#all()).find(({ dataset }) => dataset.name === name);
    if (!sample) throw notFound('built-in dataset', name);
    await this.#register(workspaceId, sample.dataset);
    return this.#datasets.get(workspaceId, name);
  }

  /** Registers the datasets of these names that come with the product and that the workspace lacks. */
  async registerNamed(workspaceId: string, names: readonly string[]): Promise<void> {
    for (const { dataset } of await this.#all()) if (names.includes(dataset.name)) await this.#register(workspaceId, dataset);
  }

  async #register(workspaceId: string, { name, file, summary, licence }: Sample['dataset']): Promise<void> {
    if (this.#datasets.find(workspaceId, name)) return;
    const key = `${workspaceId}/${name}`;
    let work = this.#registering.get(key);
    if (!work) {
      work = this.#datasets
        .ingest(workspaceId, name, { path: join(folder, 'data', file), fileName: file }, 'sample')
        .then(() => this.#datasets.update(workspaceId, name, { description: summary, licence }))
        .finally(() => this.#registering.delete(key));
      this.#registering.set(key, work);
    }
    await work;
  }

  async #all(): Promise<Sample[]> {
    return sampleList.parse(JSON.parse(await readFile(join(folder, 'samples.json'), 'utf8')));
  }

  async #document(id: string) {
    return this.#pipelines.read(JSON.parse(await readFile(join(folder, `${id}.pipeline.json`), 'utf8')));
  }
}
