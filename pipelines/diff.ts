import type { DocumentEdge, DocumentParameter, PipelineDocument } from './document.ts';
import { deepEqual } from './equal.ts';

export interface FieldChange {
  /** `type`, `version`, `name`, `comment`, `policy`, `disabled` and `pin` are fields of the node, the rest its parameters. */
  readonly kind: 'field' | 'param';
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}
/** Ids of things that stand beside the nodes. A move is no change. */
export interface Items {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly changed: readonly string[];
}
export interface DocumentDifference {
  readonly nodes: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly changed: readonly { readonly id: string; readonly changes: readonly FieldChange[] }[];
  };
  readonly edges: { readonly added: readonly DocumentEdge[]; readonly removed: readonly DocumentEdge[] };
  readonly parameters: { readonly added: readonly DocumentParameter[]; readonly removed: readonly DocumentParameter[] };
  readonly notes: Items;
  readonly groups: Items;
  /** `name`, `description`, `kind`, `policy` of the pipeline. */
  readonly fields: readonly FieldChange[];
  /** Nodes that only moved, or moved too. */
  readonly moved: readonly string[];
  /** Nothing but places differs. */
  readonly same: boolean;
}

/** What differs in meaning between two documents; the order of nodes and wires has none. */
export function difference(before: PipelineDocument, after: PipelineDocument): DocumentDifference {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const now = new Map(after.nodes.map((node) => [node.id, node]));
  const changed = [...now.values()].flatMap((node) => {
    const earlier = old.get(node.id);
    if (!earlier) return [];
    const changes = [
      ...changedFields(earlier, node, ['type', 'version', 'name', 'comment', 'policy', 'disabled', 'pin'], 'field'),
      ...changedFields(earlier.params, node.params, keysOf(earlier.params, node.params), 'param'),
    ];
    return changes.length === 0 ? [] : [{ id: node.id, changes }];
  });
  const nodes = { added: [...now.keys()].filter((id) => !old.has(id)), removed: [...old.keys()].filter((id) => !now.has(id)), changed };
  const edges = { added: missingIn(after.edges, before.edges), removed: missingIn(before.edges, after.edges) };
  const parameters = { added: missingIn(after.parameters, before.parameters), removed: missingIn(before.parameters, after.parameters) };
  const fields = changedFields(before, after, ['name', 'description', 'kind', 'policy'], 'field');
  const moved = [...now.keys()].filter((id) => old.has(id) && !deepEqual(before.layout[id], after.layout[id]));
  const notes = items(before.notes, after.notes, ['text', 'colour']);
  const groups = items(before.groups ?? [], after.groups ?? [], ['title', 'colour', 'nodes', 'parent', 'source']);
  const changes = [
    nodes.added,
    nodes.removed,
    changed,
    edges.added,
    edges.removed,
    parameters.added,
    parameters.removed,
    fields,
    missingIn(after.notes, before.notes),
    missingIn(before.notes, after.notes),
    missingIn(after.groups ?? [], before.groups ?? []),
    missingIn(before.groups ?? [], after.groups ?? []),
  ];
  return { nodes, edges, parameters, notes, groups, fields, moved, same: changes.every((each) => each.length === 0) };
}

const keysOf = (one: object, other: object): string[] => [...new Set([...Object.keys(one), ...Object.keys(other)])].sort();

function changedFields(before: object, after: object, names: readonly string[], kind: FieldChange['kind']): FieldChange[] {
  const [one, other] = [before as Record<string, unknown>, after as Record<string, unknown>];
  return names.filter((name) => !deepEqual(one[name], other[name])).map((name) => ({ kind, name, before: one[name], after: other[name] }));
}

function items<T extends { readonly id: string }>(before: readonly T[], after: readonly T[], fields: readonly (keyof T & string)[]): Items {
  const [old, now] = [new Map(before.map((each) => [each.id, each])), new Map(after.map((each) => [each.id, each]))];
  return {
    added: [...now.keys()].filter((id) => !old.has(id)),
    removed: [...old.keys()].filter((id) => !now.has(id)),
    changed: [...now].flatMap(([id, each]) => (old.has(id) && changedFields(old.get(id)!, each, fields, 'field').length > 0 ? [id] : [])),
  };
}

function missingIn<T>(list: readonly T[], other: readonly T[]): T[] {
  const known = new Set(other.map((each) => JSON.stringify(sortedEntries(each))));
  return list.filter((each) => !known.has(JSON.stringify(sortedEntries(each))));
}

function sortedEntries(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, each]) => [key, sortedEntries(each)]);
}
