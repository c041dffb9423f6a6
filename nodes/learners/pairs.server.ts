import type { FitContext, MemoryNeed, Trainer, TrainingData, TrainingShape } from '../kit/context.ts';
import { NodeError } from '../kit/issues.ts';
import type { Learner, Model } from '../kit/kinds.ts';
import { GraphBuilder, int } from '../kit/onnx/builder.ts';
import { metadataOf } from '../kit/onnx/metadata.ts';
import { modelOutputs } from '../kit/model-schema.ts';
import type { ModelSummary } from '../kit/reports.ts';
import type { Signature, SignatureInput } from '../kit/signature.ts';
import { isTextual } from '../kit/table.ts';
import { graft } from '../kit/onnx/graft.ts';
import { trainers } from '../trainers.server.ts';
import { CLASS_LIMIT, classesOf, type Classes } from './labels.server.ts';
import { writeOutputs } from './outputs.ts';

/** One two-class model of a multiclass one: which class it speaks for, and against which; every other one where that is null. */
export interface Duel {
  readonly for: number;
  readonly against: number | null;
}

export interface DuelParts {
  readonly learner: string;
  readonly title: string;
  readonly params: Record<string, unknown>;
  readonly duels: (classes: number) => readonly Duel[];
  /** At most so many classes. */
  readonly most?: number;
}

/**
 * Trains the two-class learner once for each duel, and puts all of their graphs into one. A class gets what its duel against all others gives it,
 * or, of its duels against one other each with the shares r, 1/(Σ 1/r − (classes − 2)) (Price, Knerr, Personnaz & Dreyfus 1995), which is its
 * probability where the shares agree with each other; each is divided by the sum over classes. Throws what the learner throws.
 */
export async function fitDuels(
  { learner, title, params, duels, most = CLASS_LIMIT }: DuelParts,
  data: TrainingData,
  inner: Learner,
  context: FitContext,
): Promise<Model> {
  const trainer = await innerTrainer(inner);
  const classes = classesOf(data.label, { most });
  const all = duels(classes.levels.length);
  const models: Model[] = [];
  for (const [index, duel] of all.entries()) {
    context.signal.throwIfAborted();
    const part = `model ${index + 1} of ${all.length}`;
    const own: FitContext = {
      signal: context.signal,
      threads: context.threads,
      log: (message) => context.log(`${part}: ${message}`),
      progress: (fraction) => context.progress((index + fraction) / all.length, part),
      metric: () => {},
    };
    models.push(await trainer.fit(rowsOf(data, classes, duel), { ...inner.params }, own));
    context.metric('training loss', models.at(-1)!.summary.history.at(-1) ?? NaN, index + 1);
  }
  return merged({ learner, title, params, data, classes, duels: all, models });
}

/** What the two-class learner takes of so many rows. */
export async function duelMemory(shape: TrainingShape, inner: Learner): Promise<MemoryNeed> {
  return (await innerTrainer(inner)).memory(shape, { ...inner.params });
}

async function innerTrainer({ learner, task }: Learner): Promise<Trainer> {
  const load = trainers[learner];
  if (task === 'two-class' && load) return (await load()).default;
  throw new NodeError('learner_wrong_task', 'The learner wired here is no two-class algorithm. Wire one, such as Two-Class Logistic Regression.');
}

/** The rows of a duel, with true for the class it speaks for. */
function rowsOf(data: TrainingData, { targets }: Classes, duel: Duel): TrainingData {
  const schema = { ...data.label.schema, type: 'boolean' as const };
  if (duel.against === null) {
    return {
      features: data.features,
      weights: data.weights,
      rowCount: data.rowCount,
      label: { schema, values: Float64Array.from(targets, (each) => Number(each === duel.for)) },
    };
  }
  const rows = Array.from(targets.keys()).filter((row) => targets[row] === duel.for || targets[row] === duel.against);
  const features = data.features.map(({ schema: own, values }) => ({
    schema: own,
    values: values instanceof Float64Array ? Float64Array.from(rows, (row) => values[row]!) : rows.map((row) => values[row]!),
  }));
  const label = { schema, values: Float64Array.from(rows, (row) => Number(targets[row] === duel.for)) };
  return { features, label, weights: data.weights && Float64Array.from(rows, (row) => data.weights![row]!), rowCount: rows.length };
}

/** A share of a pair counts as no less, so that its reciprocal is finite. */
const LEAST_SHARE = 1e-7;

interface Merging extends Pick<DuelParts, 'learner' | 'title' | 'params'> {
  readonly data: TrainingData;
  readonly classes: Classes;
  readonly duels: readonly Duel[];
  readonly models: readonly Model[];
}

function merged({ learner, title, params, data, classes, duels, models }: Merging): Model {
  const builder = new GraphBuilder();
  const inputs = sharedInputs(models);
  for (const { name, type } of inputs) builder.input(name, isTextual(type) ? 'string' : 'float');
  const yes = models.map((model, index) => graft(builder, model.onnx, `${index}/`)[1]!);
  // Written where they are read: with one model a class nothing is turned around.
  const one = () => builder.once('one', () => builder.floats([1], [1, 1]));
  const least = () => builder.once('least', () => builder.floats([LEAST_SHARE], [1, 1]));
  const shares = classes.levels.map((_, k) => {
    const given = duels.flatMap((duel, index) => (duel.for === k ? [yes[index]!] : duel.against === k ? [builder.node('Sub', [one(), yes[index]!])] : []));
    if (given.length === 1) return given[0]!;
    const reciprocals = builder.node('Div', [one(), builder.node('Max', [builder.concat(given), least()])]);
    const sum = builder.node('ReduceSum', [reciprocals, builder.int64s([1])], { keepdims: int(1) });
    return builder.node('Div', [one(), builder.node('Sub', [sum, builder.floats([given.length - 1], [1, 1])])]);
  });
  const scores = builder.concat(shares);
  const sum = builder.node('Max', [builder.node('ReduceSum', [scores, builder.int64s([1])], { keepdims: int(1) }), builder.floats([1e-30], [1, 1])]);
  const { name, type } = data.label.schema;
  const outputs = modelOutputs('multiclass', data.label.schema, { levels: classes.levels });
  writeOutputs(builder, builder.node('Div', [scores, sum]), {
    task: 'multiclass',
    gives: 'probabilities',
    outputs,
    values: classes.values,
    textual: isTextual(type),
    threshold: 0.5,
  });
  const signature: Signature = {
    kind: 'model',
    inputs,
    outputs,
    drops: [],
    task: 'multiclass',
    label: { name, type, levels: classes.levels },
    learner,
    rowCount: data.rowCount,
    ...(data.dataHash === undefined ? {} : { dataHash: data.dataHash }),
  };
  const importance = new Map<string, number>();
  for (const { summary } of models)
    for (const { column, value } of summary.importance) importance.set(column, (importance.get(column) ?? 0) + value / models.length);
  const summary: ModelSummary = {
    learner,
    title,
    task: 'multiclass',
    params,
    rowCount: data.rowCount,
    importance: [...importance].map(([column, value]) => ({ column, value })).sort((a, b) => b.value - a.value || (a.column < b.column ? -1 : 1)),
    history: [],
    notes: [
      `${models.length} two-class models: ${models[0]!.summary.title}.`,
      ...new Set(models.flatMap((each) => each.summary.notes.filter((note) => !note.startsWith('The optimizer')))),
    ],
  };
  return { onnx: builder.toBytes(metadataOf(signature, summary)), signature, summary };
}

/** Every column that a model takes; one that any of them requires is required. */
function sharedInputs(models: readonly Model[]): SignatureInput[] {
  const found = new Map<string, SignatureInput>();
  for (const { signature } of models) {
    for (const each of signature.inputs) {
      const before = found.get(each.name);
      found.set(each.name, before ? { ...before, required: before.required || each.required } : each);
    }
  }
  return [...found.values()];
}
