import { deepEqual } from '../equal.ts';
import type { DocumentNode, DocumentParameter, PipelineDocument } from '../document.ts';

/** Replaces one node; the same document when nothing changes. */
export function changeNode(document: PipelineDocument, id: string, change: (node: DocumentNode) => DocumentNode): PipelineDocument {
  const index = document.nodes.findIndex((node) => node.id === id);
  const node = document.nodes[index];
  if (!node) return document;
  const changed = change(node);
  return changed === node ? document : { ...document, nodes: document.nodes.with(index, changed) };
}

export function setParam(document: PipelineDocument, id: string, name: string, value: unknown): PipelineDocument {
  return setParams(document, id, { [name]: value });
}

/** Sets several parameters of a node, such as the `set` of an issue's fix. */
export function setParams(document: PipelineDocument, id: string, values: Readonly<Record<string, unknown>>): PipelineDocument {
  return changeNode(document, id, (node) => {
    const changed = Object.entries(values).filter(([name, value]) => !Object.hasOwn(node.params, name) || !deepEqual(node.params[name], value));
    return changed.length === 0 ? node : { ...node, params: { ...node.params, ...Object.fromEntries(changed) } };
  });
}

/** Takes a parameter out of the document, so that its default holds. */
export function resetParam(document: PipelineDocument, id: string, name: string): PipelineDocument {
  return changeNode(document, id, (node) => {
    if (!Object.hasOwn(node.params, name)) return node;
    const { [name]: _gone, ...params } = node.params;
    return { ...node, params };
  });
}

/** Sets one parameter of several nodes alike, as one change. */
export const setParamOfAll = (document: PipelineDocument, ids: readonly string[], name: string, value: unknown): PipelineDocument =>
  ids.reduce((next, id) => setParam(next, id, name, value), document);

/** Takes one parameter of several nodes out of the document, so that its default holds. */
export const resetParamOfAll = (document: PipelineDocument, ids: readonly string[], name: string): PipelineDocument =>
  ids.reduce((next, id) => resetParam(next, id, name), document);

const sameField = (one: { node: string; param: string }, other: { node: string; param: string }): boolean =>
  one.node === other.node && one.param === other.param;

/** A name that pipeline parameters may have, made from any text. */
function parameterName(wish: string): string {
  const clean = wish.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^[^A-Za-z]+/, '');
  return (clean === '' ? 'parameter' : clean).slice(0, 90);
}

function freeName(document: PipelineDocument, wish: string): string {
  const taken = new Set(document.parameters.map((each) => each.name));
  const base = parameterName(wish);
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}_${number}`;
  return name;
}

/** Makes a node's parameter one of the pipeline, under a free name; a field is promoted once. */
export function promoteParameter(document: PipelineDocument, field: { node: string; param: string; name?: string; description?: string }): PipelineDocument {
  if (!document.nodes.some((node) => node.id === field.node) || document.parameters.some((each) => sameField(each, field))) return document;
  const parameter: DocumentParameter = {
    name: freeName(document, field.name ?? field.param),
    description: (field.description ?? '').slice(0, 1_000),
    node: field.node,
    param: field.param,
  };
  return { ...document, parameters: [...document.parameters, parameter] };
}

/** Takes back a promotion, by the parameter's name. */
export function demoteParameter(document: PipelineDocument, name: string): PipelineDocument {
  const parameters = document.parameters.filter((each) => each.name !== name);
  return parameters.length === document.parameters.length ? document : { ...document, parameters };
}

/** Renames or describes a pipeline parameter; a taken name gets a number. */
export function editParameter(document: PipelineDocument, name: string, change: { name?: string; description?: string }): PipelineDocument {
  const index = document.parameters.findIndex((each) => each.name === name);
  const parameter = document.parameters[index];
  if (!parameter) return document;
  const without = { ...document, parameters: document.parameters.toSpliced(index, 1) };
  const changed: DocumentParameter = {
    ...parameter,
    name: change.name === undefined || change.name === name ? name : freeName(without, change.name),
    description: (change.description ?? parameter.description).slice(0, 1_000),
  };
  return { ...document, parameters: document.parameters.with(index, changed) };
}
