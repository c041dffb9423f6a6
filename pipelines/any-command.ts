import fc from 'fast-check';
import { COLOURS, type PipelineDocument } from './document.ts';
import * as edit from './edit.ts';
import { stubCatalog } from './stub-catalog.ts';

export type Command = (document: PipelineDocument) => PipelineDocument;
const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % Math.max(1, list.length)];
const chosen = (document: PipelineDocument, at: readonly number[]): string[] => at.flatMap((each) => pick(document.nodes, each)?.id ?? []);
const types = Object.keys(stubCatalog);
const number = fc.nat(1000);

/** Any command of `pipelines/edit` on whatever the document holds, for property tests. */
export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  fc.constantFrom(...types).map(
    (type): Command =>
      (document) =>
        edit.addNode(document, stubCatalog, { type, position: [0, 0] }).document,
  ),
  fc.tuple(number, number, number, number).map(([a, b, c, d]): Command => (document) => {
    const [from, to] = [pick(document.nodes, a), pick(document.nodes, b)];
    if (!from || !to) return document;
    const [leaves, enters] = [pick(Object.keys(stubCatalog[from.type]!.outputs), c), pick(Object.keys(stubCatalog[to.type]!.inputs), d)];
    return edit.connect(document, stubCatalog, { from: { node: from.id, port: leaves ?? 'none' }, to: { node: to.id, port: enters ?? 'none' } });
  }),
  fc.array(number, { maxLength: 3 }).map(
    (at): Command =>
      (document) =>
        edit.removeNodes(
          document,
          stubCatalog,
          at.flatMap((each) => pick(document.nodes, each)?.id ?? []),
        ),
  ),
  fc.array(number, { maxLength: 4 }).map(
    (at): Command =>
      (document) =>
        edit.duplicateNodes(
          document,
          at.flatMap((each) => pick(document.nodes, each)?.id ?? []),
        ).document,
  ),
  number.map((at): Command => (document) => {
    const wire = pick(document.edges, at);
    return wire ? edit.disconnect(document, wire) : document;
  }),
  fc.tuple(number, fc.constantFrom(...types)).map(([at, type]): Command => (document) => {
    const wire = pick(document.edges, at);
    return (wire && edit.insertOnEdge(document, stubCatalog, wire, { type, position: [1, 1] })?.document) ?? document;
  }),
  fc.tuple(number, number).map(([at, node]): Command => (document) => {
    const [wire, alone] = [pick(document.edges, at), pick(document.nodes, node)];
    return (wire && alone && edit.threadOnEdge(document, stubCatalog, wire, alone.id)) ?? document;
  }),
  fc.tuple(number, number, fc.constantFrom('from' as const, 'to' as const), number).map(([at, node, end, port]): Command => (document) => {
    const [wire, other] = [pick(document.edges, at), pick(document.nodes, node)];
    const ports = other && Object.keys(stubCatalog[other.type]![end === 'from' ? 'outputs' : 'inputs']);
    return wire && other && ports ? edit.reroute(document, stubCatalog, wire, end, { node: other.id, port: pick(ports, port) ?? 'none' }) : document;
  }),
  fc.tuple(number, fc.constantFrom('method', 'label', 'columns'), fc.jsonValue()).map(
    ([at, name, value]): Command =>
      (document) =>
        edit.setParam(document, pick(document.nodes, at)?.id ?? 'none', name, value),
  ),
  fc.tuple(number, number, fc.string()).map(([at, param, name]): Command => (document) => {
    const node = pick(document.nodes, at);
    const field = node && pick(Object.keys(stubCatalog[node.type]!.params.shape), param);
    return node && field ? edit.promoteParameter(document, { node: node.id, param: field, name }) : document;
  }),
  fc.tuple(number, fc.string()).map(
    ([at, name]): Command =>
      (document) =>
        edit.editParameter(document, pick(document.parameters, at)?.name ?? 'none', { name }),
  ),
  fc.tuple(number, fc.string()).map(
    ([at, name]): Command =>
      (document) =>
        edit.renameNode(document, pick(document.nodes, at)?.id ?? 'none', name),
  ),
  fc.string().map(
    (text): Command =>
      (document) =>
        edit.addNote(document, { text, x: 1, y: 2 }).document,
  ),
  number.map(
    (at): Command =>
      (document) =>
        edit.removeNote(document, pick(document.notes, at)?.id ?? 'none'),
  ),
  fc.tuple(number, fc.string()).map(
    ([at, text]): Command =>
      (document) =>
        edit.commentNode(document, pick(document.nodes, at)?.id ?? 'none', text),
  ),
  fc.tuple(number, fc.string()).map(
    ([at, text]): Command =>
      (document) =>
        edit.setNoteText(document, pick(document.notes, at)?.id ?? 'none', text),
  ),
  fc.tuple(number, fc.option(fc.constantFrom(...COLOURS), { nil: undefined }), number).map(([at, colour, width]): Command => (document) => {
    const id = pick(document.notes, at)?.id ?? 'none';
    return edit.resizeNote(edit.colourNote(edit.moveNote(document, id, at, 2), id, colour), id, { x: 1, y: 2, width, height: width * 3 });
  }),
  fc.tuple(fc.array(number, { maxLength: 4 }), fc.boolean()).map(
    ([at, disabled]): Command =>
      (document) =>
        edit.disableNodes(document, chosen(document, at), disabled),
  ),
  fc.tuple(number, fc.boolean()).map(([at, pinned]): Command => (document) => {
    const id = pick(document.nodes, at)?.id ?? 'none';
    return pinned ? edit.pinNode(document, id, { run: 1, outputs: { data: 'a'.repeat(64) } }) : edit.unpinNodes(document, [id]);
  }),
  fc.tuple(fc.array(number, { maxLength: 4 }), fc.string()).map(
    ([at, title]): Command =>
      (document) =>
        edit.addGroup(document, { nodes: chosen(document, at), title }).document,
  ),
  fc.tuple(number, fc.string(), fc.boolean(), fc.constantFrom(...COLOURS)).map(
    ([at, title, collapsed, colour]): Command =>
      (document) =>
        edit.editGroup(document, pick(edit.groupsOf(document), at)?.id ?? 'none', { title, collapsed, colour }),
  ),
  fc.tuple(number, fc.array(number, { maxLength: 3 }), fc.boolean()).map(
    ([group, at, out]): Command =>
      (document) =>
        edit.moveToGroup(document, chosen(document, at), out ? null : (pick(edit.groupsOf(document), group)?.id ?? null)),
  ),
  number.map(
    (at): Command =>
      (document) =>
        edit.removeGroup(document, pick(edit.groupsOf(document), at)?.id ?? 'none'),
  ),
  fc.tuple(fc.array(number, { maxLength: 5 }), fc.constantFrom('left', 'centre', 'right', 'top', 'middle', 'bottom')).map(
    ([at, how]): Command =>
      (document) =>
        edit.alignNodes(document, chosen(document, at), how),
  ),
  fc.tuple(fc.array(number, { maxLength: 5 }), fc.constantFrom('x', 'y')).map(
    ([at, direction]): Command =>
      (document) =>
        edit.distributeNodes(document, chosen(document, at), direction),
  ),
  fc.tuple(number, number, number).map(
    ([at, x, y]): Command =>
      (document) =>
        edit.moveNodes(document, { [pick(document.nodes, at)?.id ?? 'none']: [x, y] }),
  ),
  fc.tuple(fc.array(number, { maxLength: 4 }), number).map(
    ([at, note]): Command =>
      (document) =>
        edit.pasteNodes(document, edit.copyNodes(document, chosen(document, at), [pick(document.notes, note)?.id ?? 'none']), [8, 8]).document,
  ),
  number.map(
    (at): Command =>
      (document) =>
        edit.demoteParameter(document, pick(document.parameters, at)?.name ?? 'none'),
  ),
  fc.tuple(number, fc.constantFrom('method', 'label')).map(
    ([at, name]): Command =>
      (document) =>
        edit.resetParam(document, pick(document.nodes, at)?.id ?? 'none', name),
  ),
  fc.string().map(
    (text): Command =>
      (document) =>
        edit.describeDocument(edit.renameDocument(document, text), text),
  ),
  fc.tuple(number, fc.option(fc.nat(3), { nil: undefined })).map(
    ([at, retries]): Command =>
      (document) =>
        edit.setRunPolicy(edit.setNodePolicy(document, pick(document.nodes, at)?.id ?? 'none', { retries }), { retries }),
  ),
);
