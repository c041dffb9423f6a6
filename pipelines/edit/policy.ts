import { deepEqual } from '../equal.ts';
import type { PipelineDocument } from '../document.ts';
import type { RunPolicy, StepPolicy } from '../policy.ts';
import { changeNode } from './parameters.ts';

/** The policy with the changes, `undefined` taking a field out; undefined when nothing is left in it. */
function changed<P extends object>(policy: P | undefined, changes: { readonly [K in keyof P]?: P[K] | undefined }): P | undefined {
  const entries = Object.entries({ ...policy, ...changes }).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as P);
}

function withPolicy<T extends { policy?: P }, P>(owner: T, policy: P | undefined): T {
  if (deepEqual(owner.policy, policy)) return owner;
  const { policy: _before, ...rest } = owner;
  return (policy === undefined ? rest : { ...rest, policy }) as T;
}

/** Says how a node is carried out; a field that is set to undefined comes from the pipeline's policy again. */
export function setNodePolicy(document: PipelineDocument, id: string, changes: StepPolicy): PipelineDocument {
  return changeNode(document, id, (node) => withPolicy(node, changed(node.policy, changes)));
}

/** Says how runs of the pipeline are carried out; a field that is set to undefined has its default again. */
export const setRunPolicy = (document: PipelineDocument, changes: RunPolicy): PipelineDocument => withPolicy(document, changed(document.policy, changes));
