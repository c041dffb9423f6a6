import { SCORED_LABELS } from '../../signature.ts';
import { isTextual } from '../../table.ts';
import { IMPORT_LIMITS } from './inspect.ts';
import type { GraphTensor, ImportedColumn, ImportedMeaning, InspectedGraph, Meaning, TensorType } from './types.ts';

const COLUMN_TYPE: Readonly<Record<TensorType, ImportedColumn['type']>> = {
  float: 'number',
  double: 'number',
  int32: 'integer',
  int64: 'integer',
  string: 'category',
  bool: 'boolean',
};
/** Columns of a tensor; null where the file leaves it open. */
export const widthOf = ({ shape }: Pick<GraphTensor, 'shape'>): number | null => (shape === null ? null : shape.length === 1 ? 1 : shape[1]!);
const isNumber = (type: TensorType): boolean => type === 'float' || type === 'double';

/** What a graph most likely means, by its types, its shapes, its last operators and the classes that it names; for people to correct. */
export function meaningOf({ inputs, outputs, levels: named, givenBy }: InspectedGraph): ImportedMeaning {
  const label = outputs.find((each) => !isNumber(each.type) && (widthOf(each) ?? 1) === 1);
  const scores = outputs.filter((each) => isNumber(each.type));
  const [first] = scores;
  const width = first ? widthOf(first) : null;
  const last = first ? givenBy[first.name] : '';
  const classifies = label !== undefined || last === 'Softmax' || last === 'Sigmoid' || (width ?? 1) > 1;
  const levels = named.length > 0 ? named : !classifies ? [] : Array.from({ length: Math.max(2, width ?? 2) }, (_, index) => String(index));
  const meaning = (tensor: GraphTensor): Meaning => {
    if (!classifies) return isNumber(tensor.type) ? 'score' : 'ignore';
    if (tensor === label) return 'label';
    if (tensor !== first) return isNumber(tensor.type) && widthOf(tensor) !== null ? 'score' : 'ignore';
    return label || last === 'Softmax' || last === 'Sigmoid' ? 'probabilities' : 'logits';
  };
  return {
    task: !classifies ? 'regression' : levels.length === 2 ? 'two-class' : 'multiclass',
    label: 'label',
    levels,
    inputs: inputs.map((tensor) => ({ tensor: tensor.name, columns: columnsOf(tensor) })),
    outputs: outputs.map((tensor) => ({ tensor: tensor.name, meaning: meaning(tensor) })),
  };
}

function columnsOf(tensor: GraphTensor): ImportedColumn[] {
  const type = COLUMN_TYPE[tensor.type];
  const width = widthOf(tensor);
  if (width === null) return [];
  return width === 1
    ? [{ name: tensor.name, type, required: true }]
    : Array.from({ length: width }, (_, at) => ({ name: `${tensor.name}_${at + 1}`, type, required: true }));
}

/** Why a graph cannot be read so, for people; null when it can. */
export function whyNotMeant({ inputs, outputs }: InspectedGraph, meant: ImportedMeaning): string | null {
  const names = new Set<string>();
  for (const tensor of inputs) {
    const columns = meant.inputs.find((each) => each.tensor === tensor.name)?.columns ?? [];
    const width = widthOf(tensor);
    if (columns.length === 0) return `The file does not say how many columns “${tensor.name}” has. Name them, in their order.`;
    if (width !== null && columns.length !== width) return `“${tensor.name}” takes ${width} column${width === 1 ? '' : 's'}, but ${columns.length} are named.`;
    for (const { name, type } of columns) {
      if (name.trim() === '' || name.length > 1_000) return `A column of “${tensor.name}” has no name.`;
      if (names.has(name)) return `Two columns are called “${name}”. Give each a name of its own.`;
      names.add(name);
      if (isTextual(type) !== (tensor.type === 'string'))
        return `“${name}” is ${type}, but “${tensor.name}” takes ${tensor.type === 'string' ? 'text' : 'numbers'}.`;
    }
  }
  if (names.size > IMPORT_LIMITS.columns) return `At most ${IMPORT_LIMITS.columns} columns can be read.`;
  const meanings = outputs.map((tensor) => ({ tensor, meaning: meant.outputs.find((each) => each.tensor === tensor.name)?.meaning ?? 'ignore' }));
  const of = (...wanted: Meaning[]) => meanings.filter((each) => wanted.includes(each.meaning));
  for (const { tensor, meaning } of of('probabilities', 'logits', 'score')) {
    if (!isNumber(tensor.type) && meaning !== 'score') return `“${tensor.name}” gives ${tensor.type}, which are no probabilities.`;
    if (tensor.type === 'string') return `“${tensor.name}” gives text, which is no score. Let it be the label, or ignore it.`;
  }
  if (meant.label.trim() === '') return 'Name the column that the model predicts.';
  if (meant.task === 'regression') {
    if (of('label', 'probabilities', 'logits').length > 0) return 'A regression gives scores. Choose that meaning for its outputs, or another task.';
    return of('score').length > 0 ? null : 'Say which output is the score.';
  }
  if (of('score').some(({ tensor }) => tensor.name === SCORED_LABELS))
    return `“${SCORED_LABELS}” is the name of the label. Ignore that output, or let it be the label.`;
  if (of('label').length > 1 || of('probabilities', 'logits').length > 1)
    return 'One output is the label, and one gives the probabilities. Choose one of each.';
  const [probabilities] = of('probabilities', 'logits');
  if (!probabilities && of('label').length === 0) return 'Say which output is the label, or which gives the probabilities.';
  if (new Set(meant.levels).size !== meant.levels.length || meant.levels.some((each) => each === '')) return 'Each class needs a name of its own.';
  if (!probabilities) return null;
  if (meant.levels.length < 2) return 'Name the classes, in the order of the probabilities.';
  if (meant.task === 'two-class' && meant.levels.length !== 2) return `Two classes are needed, but ${meant.levels.length} are named.`;
  const width = widthOf(probabilities.tensor);
  const fits = width === null || width === meant.levels.length || (meant.task === 'two-class' && width === 1);
  return fits ? null : `“${probabilities.tensor.name}” gives ${width} probabilities, but ${meant.levels.length} classes are named.`;
}
