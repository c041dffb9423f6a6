import type { AnyNode, Catalog } from '#nodes/kit/define.ts';
import type { Dataset, RegisteredModel } from '../../api-types.ts';
import type { SubPipeline } from '../../api-sub-pipeline-types.ts';
import { count, plural } from '../../format.ts';
import type { Dragged } from './drag.ts';
import { searchNames, searchNodes } from './library.ts';

/** One thing that the library offers: a node type, a dataset or a registered model as a node that gives it, or a saved sub-pipeline. */
export interface LibraryItem {
  readonly kind: 'node' | 'dataset' | 'model' | 'sub-pipeline';
  readonly key: string;
  readonly title: string;
  readonly words: string;
  readonly icon: AnyNode['icon'];
  readonly family: AnyNode['family'];
  /** The node type that it stands for; null for a sub-pipeline. */
  readonly definition: AnyNode | null;
  readonly dragged: Dragged;
}

export const nodeItem = (node: AnyNode): LibraryItem => ({
  kind: 'node',
  key: node.type,
  title: node.title,
  words: node.summary,
  icon: node.icon,
  family: node.family,
  definition: node,
  dragged: { type: node.type },
});

/** Null where the catalogue has no node that reads datasets. */
export function datasetItem(catalog: Catalog, { name, latest }: Dataset): LibraryItem | null {
  const definition = catalog.dataset;
  if (!definition) return null;
  return {
    kind: 'dataset',
    key: `dataset:${name}`,
    title: name,
    words: `${count(latest.rowCount)} × ${latest.schema.columns.length} · version ${latest.version}`,
    icon: definition.icon,
    family: definition.family,
    definition,
    dragged: { type: definition.type, params: { dataset: { name, version: null } }, name },
  };
}

export const datasetItems = (catalog: Catalog, datasets: readonly Dataset[], typed: string): LibraryItem[] =>
  searchNames(datasets, typed).flatMap((dataset) => datasetItem(catalog, dataset) ?? []);

/** Null where the catalogue has no node that takes models of the registry. */
export function modelItem(catalog: Catalog, { name, latest }: RegisteredModel): LibraryItem | null {
  const definition = catalog['registered-model'];
  if (!definition) return null;
  return {
    kind: 'model',
    key: `model:${name}`,
    title: name,
    words: [`version ${latest.version}`, latest.headline].filter(Boolean).join(' · '),
    icon: definition.icon,
    family: definition.family,
    definition,
    dragged: { type: definition.type, params: { model: { name, version: 'latest' } }, name },
  };
}

export const modelItems = (catalog: Catalog, models: readonly RegisteredModel[], typed: string): LibraryItem[] =>
  searchNames(models, typed).flatMap((model) => modelItem(catalog, model) ?? []);

export const subPipelineItem = ({ id, name, latest }: SubPipeline): LibraryItem => ({
  kind: 'sub-pipeline',
  key: `sub-pipeline:${id}`,
  title: name,
  words: `${plural(latest.nodeCount, 'node')} · ${latest.name}`,
  icon: 'group',
  family: 'script',
  definition: null,
  dragged: { type: 'sub-pipeline', name, subPipeline: { pipeline: id, version: latest.id, name } },
});

export const subPipelineItems = (subPipelines: readonly SubPipeline[], typed: string): LibraryItem[] => searchNames(subPipelines, typed).map(subPipelineItem);

/** What a workspace has that can stand on a canvas. */
export interface Offered {
  readonly datasets: readonly Dataset[];
  readonly models: readonly RegisteredModel[];
  readonly subPipelines: readonly SubPipeline[];
}

/** Node types that fit what is typed, and after them the sub-pipelines, datasets and models of such a name. */
export const searchItems = (catalog: Catalog, { datasets, models, subPipelines }: Offered, typed: string, uses: (type: string) => number): LibraryItem[] => [
  ...searchNodes(catalog, typed, uses).map(nodeItem),
  ...(typed.trim() === '' ? [] : [...subPipelineItems(subPipelines, typed), ...datasetItems(catalog, datasets, typed), ...modelItems(catalog, models, typed)]),
];
