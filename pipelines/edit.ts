/** Pure commands of the designer: each takes a document and gives a new one, or the very same one when there is nothing to do. */
export { addNode, commentNode, insertOnEdge, moveNodes, removeNodes, renameNode, freeId, threadOnEdge, type NewNode } from './edit/nodes.ts';
export { connect, disconnect, legalTargets, newNodesFor, reroute, whyNotConnect, type LegalTarget, type FittingNode } from './edit/wires.ts';
export { demoteParameter, editParameter, promoteParameter, resetParam, resetParamOfAll, setParam, setParamOfAll, setParams } from './edit/parameters.ts';
export { addNote, colourNote, moveNote, removeNote, resizeNote, setNoteText } from './edit/notes.ts';
export { applyLayout, renameDocument, describeDocument } from './edit/document.ts';
export { setNodePolicy, setRunPolicy } from './edit/policy.ts';
export { copyNodes, duplicateNodes, pasteNodes, readClip, type Clip, type Pasted } from './edit/clip.ts';
export { disableNodes, pinNode, unpinNodes } from './edit/running.ts';
export { addGroup, editGroup, groupOfNode, groupsOf, moveToGroup, removeGroup } from './edit/groups.ts';
export { alignNodes, boundsOf, distributeNodes, type Alignment } from './edit/arrange.ts';
