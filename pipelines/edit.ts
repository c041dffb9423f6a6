/** Pure commands of the designer: each takes a document and gives a new one, or the very same one when there is nothing to do. */
export {
  addNode,
  commentNode,
  duplicateNodes,
  copyNodes,
  insertOnEdge,
  moveNodes,
  pasteNodes,
  readClip,
  removeNodes,
  renameNode,
  freeId,
  type Clip,
  type NewNode,
} from './edit/nodes.ts';
export { connect, disconnect, legalTargets, newNodesFor, whyNotConnect, type LegalTarget, type FittingNode } from './edit/wires.ts';
export { demoteParameter, editParameter, promoteParameter, resetParam, setParam, setParams } from './edit/parameters.ts';
export { addNote, moveNote, removeNote, setNoteText } from './edit/notes.ts';
export { applyLayout, renameDocument, describeDocument } from './edit/document.ts';
export { setNodePolicy, setRunPolicy } from './edit/policy.ts';
