import type { Catalog, Ports } from '#nodes/kit/define.ts';
import type { Mark } from '#pipelines/compare.ts';
import type { DocumentDifference } from '#pipelines/diff.ts';
import type { DocumentEdge, DocumentNode, PipelineDocument } from '#pipelines/document.ts';
import { own } from '#pipelines/look-up.ts';
import type { Conflict } from '#pipelines/merge.ts';
import { columnSelection, type ColumnRule, type ColumnSelection } from '#nodes/kit/columns.ts';
import { paramMetas } from '#nodes/kit/params.ts';
import { paramTitle } from '#pipelines/node-params.ts';

/** One difference in words. */
export interface ChangeRow {
  readonly mark: Mark;
  /** A node's name, `Wire`, `Note` and the like. */
  readonly what: string;
  /** The field that differs; empty for a whole thing. */
  readonly field: string;
  readonly before: string;
  readonly after: string;
  /** The node to show; null where there is none. */
  readonly node: string | null;
}

const LONGEST = 2_000;
const FIELDS: Readonly<Record<string, string>> = {
  name: 'Name',
  description: 'Description',
  comment: 'Comment',
  kind: 'Kind',
  policy: 'How it runs',
  type: 'Node type',
  version: 'Version of the node type',
  disabled: 'Disabled',
  pin: 'Pinned output',
  text: 'Text',
  title: 'Title',
  colour: 'Colour',
  nodes: 'Members',
};
const fieldTitle = (name: string): string => own(FIELDS, name) ?? name;

const RULES: Readonly<Record<ColumnRule['by'], string>> = {
  all: 'all columns',
  name: '',
  type: 'type',
  role: 'role',
  pattern: 'named like',
  position: 'position',
};

/** `type number, without income` */
function selectionWords(selection: ColumnSelection): string {
  if (selection.mode === 'names') return selection.names.join(', ') || 'no column';
  const rules = selection.rules.map(({ action, by, values }) =>
    [action === 'exclude' ? 'without' : '', RULES[by], by === 'all' ? '' : values.join(', ')].filter(Boolean).join(' '),
  );
  const begin = selection.start === 'all' ? ['all columns'] : selection.rules.length === 0 ? ['no column'] : [];
  return [...begin, ...rules].join(', ');
}

/** A value as a person reads it; nothing at all for what is not set. */
export function valueWords(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  const columns = columnSelection.safeParse(value);
  const text =
    typeof value === 'string'
      ? value
      : columns.success
        ? selectionWords(columns.data)
        : Array.isArray(value) && value.every((each) => typeof each === 'string')
          ? value.join(', ')
          : JSON.stringify(value, null, 1);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)} …` : text;
}

/** Looks up names in documents, the first that has the thing. */
class Names {
  readonly #documents: readonly PipelineDocument[];
  readonly #catalog: Catalog;

  constructor(documents: readonly PipelineDocument[], catalog: Catalog) {
    this.#documents = documents;
    this.#catalog = catalog;
  }

  node(id: string): DocumentNode | undefined {
    for (const document of this.#documents) {
      const found = document.nodes.find((node) => node.id === id);
      if (found) return found;
    }
    return undefined;
  }

  of(id: string): string {
    const node = this.node(id);
    return node?.name || (node && own(this.#catalog, node.type)?.title) || node?.type || id;
  }

  param(id: string, name: string): string {
    const definition = own(this.#catalog, this.node(id)?.type ?? '');
    return definition ? paramTitle(definition, name) : name;
  }

  /** A parameter that is not set has its default. */
  paramValue(id: string, name: string, value: unknown): string {
    if (value !== undefined) return valueWords(value);
    const definition = own(this.#catalog, this.node(id)?.type ?? '');
    const usual = definition && valueWords(paramMetas(definition.params).find((each) => each.name === name)?.default);
    return usual ? `${usual} (default)` : '';
  }

  port(id: string, port: string, side: 'inputs' | 'outputs'): string {
    const ports = own(this.#catalog, this.node(id)?.type ?? '')?.[side] as Ports | undefined;
    return (ports && own(ports, port)?.title) ?? port;
  }

  from({ from }: DocumentEdge): string {
    return `${this.of(from.node)} (${this.port(from.node, from.port, 'outputs')})`;
  }

  to({ to }: DocumentEdge): string {
    return `${this.of(to.node)} (${this.port(to.node, to.port, 'inputs')})`;
  }
}

/** All that differs, field by field, as a list: nodes first, then wires, parameters, notes, groups and the pipeline itself. */
export function changeRows(difference: DocumentDifference, before: PipelineDocument, after: PipelineDocument, catalog: Catalog): ChangeRow[] {
  const names = new Names([after, before], catalog);
  const whole = (mark: Mark, what: string, node: string | null, text = ''): ChangeRow => ({
    mark,
    what,
    field: '',
    before: mark === 'removed' ? text : '',
    after: mark === 'added' ? text : '',
    node,
  });
  const wire = (mark: Mark) => (edge: DocumentEdge) => whole(mark, 'Wire', edge.to.node, `${names.from(edge)} → ${names.to(edge)}`);
  const item = (document: PipelineDocument, id: string): { readonly text: string } => ({
    text: document.notes.find((note) => note.id === id)?.text ?? document.groups?.find((group) => group.id === id)?.title ?? '',
  });
  const items = (what: string, { added, removed, changed }: DocumentDifference['notes']): ChangeRow[] => [
    ...added.map((id) => whole('added', what, null, item(after, id).text)),
    ...removed.map((id) => whole('removed', what, null, item(before, id).text)),
    ...changed.map((id): ChangeRow => ({ mark: 'changed', what, field: '', before: item(before, id).text, after: item(after, id).text, node: null })),
  ];
  const { nodes, edges, parameters, notes, groups, fields } = difference;
  return [
    ...nodes.added.map((id) => whole('added', names.of(id), id)),
    ...nodes.removed.map((id) => whole('removed', names.of(id), id)),
    ...nodes.changed.flatMap(({ id, changes }) =>
      changes.map((change): ChangeRow => ({
        mark: 'changed',
        what: names.of(id),
        field: change.kind === 'param' ? names.param(id, change.name) : fieldTitle(change.name),
        before: change.kind === 'param' ? names.paramValue(id, change.name, change.before) : valueWords(change.before),
        after: change.kind === 'param' ? names.paramValue(id, change.name, change.after) : valueWords(change.after),
        node: id,
      })),
    ),
    ...edges.added.map(wire('added')),
    ...edges.removed.map(wire('removed')),
    ...parameters.added.map((each) => whole('added', 'Pipeline parameter', each.node, each.name)),
    ...parameters.removed.map((each) => whole('removed', 'Pipeline parameter', each.node, each.name)),
    ...items('Note', notes),
    ...items('Group', groups),
    ...fields.map(({ name, before: was, after: is }): ChangeRow => ({
      mark: 'changed',
      what: 'Pipeline',
      field: fieldTitle(name),
      before: valueWords(was),
      after: valueWords(is),
      node: null,
    })),
  ];
}

/** A conflict in words: the place, and what each side has there. */
export interface ConflictWords {
  readonly place: string;
  readonly base: string;
  readonly mine: string;
  readonly theirs: string;
}

export function conflictWords({ path, base, mine, theirs }: Conflict, documents: readonly PipelineDocument[], catalog: Catalog): ConflictWords {
  const names = new Names(documents, catalog);
  const [list, id = '', field, param] = path;
  const sides = (words: (value: unknown) => string) => ({ base: words(base), mine: words(mine), theirs: words(theirs) });
  const thing = (value: unknown): string => (value === undefined ? 'removed' : value === base ? 'as it was' : 'kept and changed');
  if (list === 'nodes' && field === undefined) return { place: names.of(id), ...sides(thing), base: 'there' };
  if (list === 'nodes' && field === 'params' && param !== undefined)
    return { place: `${names.of(id)} · ${names.param(id, param)}`, ...sides((value) => names.paramValue(id, param, value)) };
  if (list === 'nodes') return { place: `${names.of(id)} · ${fieldTitle(field!)}`, ...sides(valueWords) };
  if (list === 'edges') {
    const [node = '', port = ''] = id.split('\n');
    const wire = (value: unknown): string => (value === undefined ? 'no wire' : names.from(value as DocumentEdge));
    return { place: `Wire into ${names.of(node)} · ${names.port(node, port, 'inputs')}`, ...sides(wire) };
  }
  const kinds: Readonly<Record<string, string>> = { parameters: 'Pipeline parameter', notes: 'Note', groups: 'Group' };
  const kind = own(kinds, list ?? '');
  if (kind)
    return {
      place: [list === 'parameters' ? `${kind} ${id}` : kind, field === undefined ? '' : fieldTitle(field)].filter(Boolean).join(' · '),
      ...sides(valueWords),
    };
  return { place: `Pipeline · ${fieldTitle(path.at(-1) ?? '')}`, ...sides(valueWords) };
}
