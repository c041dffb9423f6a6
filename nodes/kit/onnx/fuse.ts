import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { GraphProtoSchema, ModelProtoSchema, NodeProtoSchema, type GraphProto, type NodeProto, type TensorProto, type ValueInfoProto } from 'onnx-buf';
import type { ColumnStep } from '../define.ts';
import { readExpression } from '../expression/expression.ts';
import { compileToGraph, refusalOf } from '../expression/graph.ts';
import { columnsRead } from '../expression/tree.ts';
import { NodeError, type IssueCode } from '../issues.ts';
import type { ModelSummary } from '../reports.ts';
import type { Signature, SignatureInput } from '../signature.ts';
import type { ColumnType, TableSchema } from '../table.ts';
import { castInGraph, castsInGraph } from './cast.ts';
import { columnInfo, ELEMENT, GraphBuilder, modelOf, OPSET } from './builder.ts';
import { graphTypeOf, type GraphType } from './graph-type.ts';
import { metadataOf } from './metadata.ts';
import { renamed } from './rename.ts';

/** One stage of a scoring path: a fitted graph, or row-wise steps on columns. */
export type Stage =
  | { readonly as: 'graph'; readonly node?: string; readonly onnx: Uint8Array; readonly signature: Signature }
  | { readonly as: 'columns'; readonly node?: string; readonly steps: readonly ColumnStep[] };

export interface Fused {
  readonly onnx: Uint8Array;
  readonly signature: Signature;
}

/** A column while it moves through the stages. */
interface Carried {
  readonly value: string;
  readonly type: ColumnType;
  /** The same as float64, where the graph gave it so. */
  readonly double?: string;
  /** The request's column whose values these still are, unchanged. */
  readonly source?: string;
  /** Why no stage can use it. */
  readonly refused?: string;
}

/**
 * Makes one ONNX file of the stages of a scoring path. Its inputs are the columns of `input` that the result depends on; its outputs are those
 * of the last graph. Throws NodeError `model_mismatch` when a stage needs a column that is not there or has another type.
 */
export function fuse(stages: readonly Stage[], input: TableSchema, summary?: ModelSummary): Fused {
  const last = stages.findLast((each) => each.as === 'graph');
  if (!last) throw new NodeError('model_mismatch', 'There is no fitted model on the path, so there is nothing to serve.');
  const fusion = new Fusion(input);
  for (const [index, stage] of stages.entries()) {
    if (stage.as === 'columns') fusion.applySteps(stage.steps);
    else fusion.applyGraph(stage, index);
    if (stage === last) break;
  }
  const { graph, inputNames } = fusion.finish(last.signature);
  const schema = new Map(input.columns.map((each) => [each.name, each]));
  const signature: Signature = {
    ...last.signature,
    inputs: inputNames.map((name) => fusion.describe(name, schema.get(name)!.type, schema.get(name)!.nullable)),
    drops: [],
  };
  return { onnx: toBinary(ModelProtoSchema, modelOf(graph, metadataOf(signature, summary), fusion.opset)), signature };
}

class Fusion {
  readonly #input: TableSchema;
  readonly #builder = new GraphBuilder();
  readonly #nodes: NodeProto[] = [];
  readonly #initializers: TensorProto[] = [];
  readonly #errors = new Map<string, NodeError>();
  readonly #described = new Map<string, SignatureInput[]>();
  #columns: Map<string, Carried>;
  readonly #opsets: bigint[] = [];

  constructor(input: TableSchema) {
    this.#input = input;
    this.#columns = new Map(input.columns.map(({ name, type }) => [name, { value: name, type, source: name }]));
  }

  /** A graph that was made elsewhere keeps its operator set while it is alone; where it meets others, the proof on rows tells whether it may have another. */
  get opset(): bigint {
    const [first = OPSET, ...others] = this.#opsets;
    return others.length === 0 ? first : [first, ...others].reduce((highest, each) => (each > highest ? each : highest), OPSET);
  }

  applySteps(steps: readonly ColumnStep[]): void {
    for (const step of steps) {
      if (step.do === 'keep') {
        const kept = new Set(step.columns);
        this.#columns = new Map([...this.#columns].filter(([name]) => kept.has(name)));
      } else if (step.do === 'rename') {
        // The label is not part of a request; steps on it have nothing to do.
        const column = this.#columns.get(step.from);
        if (!column || step.from === step.to) continue;
        this.#columns = new Map([...this.#columns].filter(([name]) => name !== step.to).map(([name, each]) => [name === step.from ? step.to : name, each]));
      } else if (step.do === 'cast') {
        const column = this.#columns.get(step.column);
        if (column) this.#columns.set(step.column, this.#cast(column, step.to, step.column));
      } else this.#derive(step.name, step.expression);
    }
  }

  /** A column that cannot be computed is an error only where a later stage needs it. */
  #derive(name: string, expression: string): void {
    const columns = [...this.#columns].map(([each, { type }]) => ({ name: each, type, role: 'feature' as const, nullable: true }));
    const { typed, problems } = readExpression(expression, { columns, open: false });
    if (!typed) {
      this.#columns.delete(name);
      this.#columns.set(name, { value: '', type: 'number', refused: `“${name}” cannot be derived at scoring: ${problems[0]!.message}` });
      return;
    }
    const unusable = [...columnsRead(typed.tree)].map((each) => this.#columns.get(each)!.refused).find((each) => each !== undefined);
    const refused = unusable ?? refusalOf(typed);
    const type = typed.type as ColumnType;
    const value =
      refused === null
        ? compileToGraph(
            typed,
            this.#builder,
            (each) => this.#columns.get(each)!.value,
            () => this.#input.columns[0]!.name,
          )
        : '';
    this.#columns.set(name, { value, type, ...(refused === null ? {} : { refused: `“${name}” cannot be derived in a model: ${refused}.` }) });
  }

  #cast(column: Carried, to: ColumnType, name: string): Carried {
    if (column.refused) return { ...column, type: to };
    if (!castsInGraph(column.type, to)) {
      return {
        value: column.value,
        type: to,
        refused: `"${name}" is turned from ${column.type} into ${to} on the way, which a model cannot do. Take its parts with Date Parts, or turn it before the data enters.`,
      };
    }
    const value = castInGraph(this.#builder, column.value, column.type, to);
    return value === column.value ? { ...column, type: to } : { value, type: to };
  }

  applyGraph(stage: Extract<Stage, { as: 'graph' }>, index: number): void {
    const { signature } = stage;
    const model = fromBinary(ModelProtoSchema, stage.onnx);
    const graph = model.graph;
    if (!graph) throw new NodeError('model_mismatch', 'One of the fitted graphs on the path is empty.');
    this.#opsets.push(model.opsetImport.find((each) => each.domain === '')?.version ?? OPSET);
    const names = new Map<string, string>();
    const prefix = `${index}/`;
    for (const wanted of signature.inputs) names.set(wanted.name, this.#take(wanted, stage.node));
    const rename = (name: string): string => (name === '' ? '' : (names.get(name) ?? prefix + name));
    this.#initializers.push(...graph.initializer.map((each) => ({ ...each, name: rename(each.name) })));
    this.#nodes.push(...graph.node.map((each) => renamed(each, rename)));
    const dropped = new Set(signature.drops);
    for (const name of dropped) this.#columns.delete(name);
    if (signature.keeps) {
      const kept = new Set(signature.keeps);
      this.#columns = new Map([...this.#columns].filter(([name]) => kept.has(name)));
    }
    for (const [position, output] of signature.outputs.entries()) {
      const info = graph.output[position];
      if (!info) throw new NodeError('model_mismatch', 'A fitted graph on the path has fewer outputs than its signature says.');
      const value = rename(info.name);
      const given = isDouble(info) ? { value: this.#builder.cast(value, 'float'), double: value } : { value };
      this.#columns.set(output.name, { ...given, type: output.type });
    }
  }

  #take(wanted: SignatureInput, node: string | undefined): string {
    const where = node ? ` (step "${node}")` : '';
    const type = graphTypeOf(wanted.type);
    const column = this.#columns.get(wanted.name);
    if (!column) {
      const message = `The fitted graph${where} needs the column "${wanted.name}", which is not there at scoring. Choose the columns before the model, or train again without it.`;
      return wanted.required ? this.#unusable(type, 'model_mismatch', message) : this.#missing(type);
    }
    if (column.refused) return this.#unusable(type, 'scoring_refused', column.refused);
    if (graphTypeOf(column.type) !== type || (column.type === 'datetime') !== (wanted.type === 'datetime')) {
      const message = `The fitted graph${where} takes "${wanted.name}" as ${wanted.type}, but it is ${column.type} at scoring. Train again, or set its type with Edit Metadata.`;
      return this.#unusable(type, 'model_mismatch', message);
    }
    if (column.source !== undefined) {
      const list = this.#described.get(column.source) ?? [];
      list.push(wanted);
      this.#described.set(column.source, list);
    }
    return column.value;
  }

  /** A value that must not reach the model. A transform may take columns, such as the label, of which no later stage needs the result. */
  #unusable(type: GraphType, code: IssueCode, message: string): string {
    const value = this.#missing(type);
    this.#errors.set(value, new NodeError(code, message));
    return value;
  }

  /** A column of missing values, as long as the request. */
  #missing(type: GraphType): string {
    const name = this.#described.keys().next().value ?? this.#input.columns[0]?.name;
    if (name === undefined) throw new NodeError('model_mismatch', 'The request has no columns.');
    const nothing = type === 'string' ? this.#builder.strings([''], [1, 1]) : this.#builder.floats([NaN], [1, 1]);
    return this.#builder.node('Expand', [nothing, this.#builder.node('Shape', [name])]);
  }

  /** What is known of a request's column, from the stages that take it as it is. */
  describe(name: string, type: ColumnType, nullable: boolean): SignatureInput {
    const seen = this.#described.get(name) ?? [];
    const first = <K extends keyof SignatureInput>(key: K) => seen.find((each) => each[key] !== undefined)?.[key];
    const required = !nullable && (seen.length === 0 || seen.some((each) => each.required));
    const known = { levels: first('levels'), minimum: first('minimum'), maximum: first('maximum'), example: first('example') };
    return { name, type, required, ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) };
  }

  /** The graph with the last stage's outputs, without what they do not depend on. */
  finish(signature: Signature): { graph: GraphProto; inputNames: string[] } {
    const taken = new Set(this.#input.columns.map((each) => each.name));
    const outputs: ValueInfoProto[] = [];
    const written = this.#builder.toGraph();
    // Casts between stages read only what is written before them, but stages lie in `#nodes`; sorting puts all in order.
    const nodes = [...written.node, ...this.#nodes];
    for (const output of signature.outputs) {
      let label = output.name;
      while (taken.has(label)) label += "'";
      taken.add(label);
      const { value, double } = this.#columns.get(output.name)!;
      outputs.push(columnInfo(label, double === undefined ? graphTypeOf(output.type) : 'double'));
      nodes.push(create(NodeProtoSchema, { opType: 'Identity', name: `output/${label}`, input: [double ?? value], output: [label] }));
    }
    const { kept, used } = prune(
      nodes,
      outputs.map((each) => each.name),
    );
    for (const [value, error] of this.#errors) if (used.has(value)) throw error;
    const inputs = this.#input.columns.filter((each) => used.has(each.name));
    const initializers = [...written.initializer, ...this.#initializers].filter((each) => used.has(each.name));
    const graph = create(GraphProtoSchema, {
      name: 'modelwright',
      node: kept,
      initializer: initializers,
      input: inputs.map((each) => columnInfo(each.name, graphTypeOf(each.type))),
      output: outputs,
    });
    return { graph, inputNames: inputs.map((each) => each.name) };
  }
}

const isDouble = ({ type }: ValueInfoProto): boolean => type?.value.case === 'tensorType' && type.value.value.elemType === ELEMENT.double;

/** Everything that a node reads, also from inside of its subgraphs. */
function reads(node: NodeProto): string[] {
  const inner = node.attribute.flatMap((each) => [...(each.g ? [each.g] : []), ...each.graphs]);
  return [...node.input, ...inner.flatMap((graph) => [...graph.node.flatMap(reads), ...graph.output.map((each) => each.name)])];
}

/** The nodes that `outputs` depend on, each after what it reads, and all names that are read. */
function prune(nodes: readonly NodeProto[], outputs: readonly string[]): { kept: NodeProto[]; used: Set<string> } {
  const maker = new Map(nodes.flatMap((node) => node.output.filter((name) => name !== '').map((name) => [name, node] as const)));
  const used = new Set<string>();
  const kept: NodeProto[] = [];
  const state = new Map<NodeProto, 'open' | 'done'>();
  // Iterative depth-first walk: graphs can be deeper than the stack.
  const stack: { name: string; close?: NodeProto }[] = outputs.toReversed().map((name) => ({ name }));
  while (stack.length > 0) {
    const { name, close } = stack.pop()!;
    if (close) {
      state.set(close, 'done');
      kept.push(close);
      continue;
    }
    used.add(name);
    const node = maker.get(name);
    if (!node || state.has(node)) continue;
    state.set(node, 'open');
    stack.push({ name, close: node });
    for (const read of reads(node).toReversed()) stack.push({ name: read });
  }
  return { kept, used };
}
