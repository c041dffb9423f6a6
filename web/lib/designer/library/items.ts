import type { AnyNode, Catalog } from '#nodes/kit/define.ts';
import type { Dataset } from '../../api-types.ts';
import { count } from '../../format.ts';
import type { Dragged } from './drag.ts';
import { searchNames, searchNodes } from './library.ts';

/** One thing that the library offers: a node type, or a dataset as a node that reads it. */
export interface LibraryItem {
  readonly key: string;
  readonly title: string;
  readonly words: string;
  readonly icon: AnyNode['icon'];
  readonly family: AnyNode['family'];
  readonly definition: AnyNode;
  readonly dragged: Dragged;
}

export const nodeItem = (node: AnyNode): LibraryItem => ({
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

/** Node types that fit what is typed, and after them the datasets of such a name. */
export const searchItems = (catalog: Catalog, datasets: readonly Dataset[], typed: string, uses: (type: string) => number): LibraryItem[] => [
  ...searchNodes(catalog, typed, uses).map(nodeItem),
  ...(typed.trim() === '' ? [] : datasetItems(catalog, datasets, typed)),
];
