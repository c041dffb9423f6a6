import type { PipelineDocument } from '#pipelines/document.ts';
import { AppError } from '../errors.ts';

/** A path as callers of Azure's pipelines give it: a data store (here a connection) and a path within it. */
export interface DataPath {
  readonly DataStoreName?: string | null;
  readonly RelativePath: string;
}

const refused = (name: string, detail: string): AppError =>
  new AppError(422, detail, { code: 'parameter_invalid', errors: [{ pointer: `/DataPathAssignments/${name}`, detail }] });

/**
 * Data paths as values of parameters: the path goes to the parameter of that name, which promotes a node's *Path*. Its connection is the node's own,
 * or that of the parameter which promotes the node's *Connection*. Throws 422 for what the pipeline cannot read from there.
 */
export function dataPathValues(document: PipelineDocument, paths: Readonly<Record<string, DataPath>>): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, { DataStoreName: store, RelativePath: path }] of Object.entries(paths)) {
    const parameter = document.parameters.find((each) => each.name === name);
    if (parameter?.param !== 'path')
      throw refused(name, `“${name}” is no parameter of this pipeline that takes a path. Promote the Path of a node, and publish.`);
    values[name] = path;
    if (store == null || store === '') continue;
    const promoted = document.parameters.find((each) => each.node === parameter.node && each.param === 'connection');
    const own = document.nodes.find(({ id }) => id === parameter.node)?.params.connection;
    if (promoted) values[promoted.name] = store;
    else if (own !== store)
      throw refused(
        name,
        `“${name}” is read from the connection “${String(own ?? '')}”, not from “${store}”. Promote the node’s Connection to choose it with each call.`,
      );
  }
  return values;
}
