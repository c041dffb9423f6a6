import { deepEqual } from '../equal.ts';
import type { NodePin, PipelineDocument } from '../document.ts';
import { changeNode } from './parameters.ts';

/** Leaves nodes out of runs, or lets them run again. */
export function disableNodes(document: PipelineDocument, ids: readonly string[], disabled: boolean): PipelineDocument {
  const change = (next: PipelineDocument, id: string): PipelineDocument =>
    changeNode(next, id, (node) => {
      if (Boolean(node.disabled) === disabled) return node;
      const { disabled: _before, ...rest } = node;
      return disabled ? { ...rest, disabled: true } : rest;
    });
  return ids.reduce(change, document);
}

/** Lets later runs take these results instead of running the node. */
export function pinNode(document: PipelineDocument, id: string, pin: NodePin): PipelineDocument {
  return changeNode(document, id, (node) => (deepEqual(node.pin, pin) ? node : { ...node, pin }));
}

export function unpinNodes(document: PipelineDocument, ids: readonly string[]): PipelineDocument {
  const change = (next: PipelineDocument, id: string): PipelineDocument =>
    changeNode(next, id, (node) => {
      const { pin, ...rest } = node;
      return pin === undefined ? node : rest;
    });
  return ids.reduce(change, document);
}
