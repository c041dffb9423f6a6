import { columnsNamed, type ColumnSelection } from '#nodes/kit/columns.ts';
import type { Catalog } from '#nodes/kit/define.ts';
import { emptyDocument, type DocumentNode, type PipelineDocument } from '../document.ts';
import { freeId } from '../edit/nodes.ts';
import { tidy } from '../layout.ts';
import { nodeType } from '../look-up.ts';
import { decide, type Baseline, type Choices, type Decisions } from './choices.ts';
import type { DatasetFacts } from './facts.ts';
import type { ProposedTask } from './label.ts';
import { MOST_WORDS, type Treatment } from './treatment.ts';

/** A part of the proposed pipeline in words. */
export interface ProposedStep {
  readonly title: string;
  readonly why: string;
  readonly nodes: readonly string[];
}
export interface Proposal {
  readonly decisions: Decisions;
  readonly steps: readonly ProposedStep[];
  readonly document: PipelineDocument;
}

const LEARNERS: Readonly<Record<Exclude<ProposedTask, 'clustering'>, Readonly<Record<Baseline, string>>>> = {
  'two-class': { trees: 'two-class-boosted-decision-tree', linear: 'two-class-logistic-regression' },
  multiclass: { trees: 'multiclass-boosted-decision-tree', linear: 'multiclass-logistic-regression' },
  regression: { trees: 'boosted-decision-tree-regression', linear: 'linear-regression' },
};
const CLUSTERS = 4;
const SEED = 42;

type Place = readonly [node: string, port: string];

/** Builds a document from top to bottom: each node takes the table that the one before it left. */
class Builder {
  readonly #catalog: Catalog;
  readonly #nodes: DocumentNode[] = [];
  readonly #edges: PipelineDocument['edges'] = [];
  readonly steps: ProposedStep[] = [];

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
  }

  /** @param wires input port → where its wire comes from */
  add(type: string, params: Record<string, unknown>, wires: Readonly<Record<string, Place>> = {}, name = ''): string {
    const id = freeId(new Set(this.#nodes.map((node) => node.id)), type);
    this.#nodes.push({ id, type, version: nodeType(this.#catalog, type)?.version ?? 1, name, comment: '', params });
    for (const [port, [node, from]] of Object.entries(wires)) this.#edges.push({ from: { node, port: from }, to: { node: id, port } });
    return id;
  }

  say(title: string, why: string, ...nodes: string[]): void {
    this.steps.push({ title, why, nodes });
  }

  document(name: string, description: string): PipelineDocument {
    const bare = { ...emptyDocument(name), description, nodes: this.#nodes, edges: this.#edges };
    return { ...bare, layout: tidy(bare) };
  }
}

const quoted = (names: readonly string[]): string =>
  names
    .slice(0, 4)
    .map((name) => `“${name}”`)
    .join(', ') + (names.length > 4 ? ` and ${names.length - 4} more` : '');

const allBut = (names: readonly string[]): ColumnSelection => ({ mode: 'rules', start: 'all', rules: [{ action: 'exclude', by: 'name', values: [...names] }] });

/** A pipeline for a dataset: cleaning, split, a baseline of each kind, scores and an evaluation; groups of rows where there is no label. */
export function propose(facts: DatasetFacts, catalog: Catalog, choices: Choices = {}): Proposal {
  const decisions = decide(facts, choices);
  const builder = new Builder(catalog);
  const data = builder.add('dataset', { dataset: { name: facts.name, version: null } });
  builder.say('Data', `“${facts.name}”: ${facts.rowCount.toLocaleString('en-US')} rows, always its newest version.`, data);
  const clean = prepare(builder, facts, decisions, [data, 'data']);
  if (decisions.task === 'clustering' || decisions.label === null) cluster(builder, clean);
  else learn(builder, decisions, decisions.label, decisions.task, clean);
  const name = decisions.label === null ? `Groups in ${facts.name}` : `Predict ${decisions.label}`;
  const description =
    decisions.label === null ? `Groups of rows of ${facts.name} that lie close together.` : `Baseline models of “${decisions.label}” in ${facts.name}.`;
  return { decisions, steps: builder.steps, document: builder.document(name.slice(0, 200), description) };
}

/** Cleaning, each part only where the data asks for it. */
function prepare(builder: Builder, facts: DatasetFacts, { columns, label }: Decisions, source: Place): Place {
  const treated = (treatment: Treatment): string[] => columns.filter((each) => each.treatment === treatment).map(({ column }) => column);
  let at = source;
  const then = (type: string, params: Record<string, unknown>, name = ''): string => {
    const id = builder.add(type, params, { data: at }, name);
    at = [id, 'data'];
    return id;
  };
  const out = treated('leave-out');
  if (out.length > 0) {
    const reasons = out.length === 1 ? ` ${columns.find(({ column }) => column === out[0])?.why ?? ''}` : '';
    builder.say('Leave out columns', `${quoted(out)} would not help a model.${reasons}`, then('select-columns-in-dataset', { columns: allBut(out) }));
  }
  const unlabelled = label === null ? 0 : (facts.columns.find(({ name }) => name === label)?.missing ?? 0);
  if (label !== null && unlabelled > 0) {
    const why = `${unlabelled.toLocaleString('en-US')} rows have no “${label}”, so nothing can be learnt or judged by them.`;
    builder.say('Leave out rows without a label', why, then('clean-missing-data', { columns: columnsNamed(label), mode: 'remove-row' }, 'Rows with a label'));
  }
  const dates = treated('date-parts');
  if (dates.length > 0) {
    const why = `${quoted(dates)}: no model learns from a date as such. Requests to an endpoint will have to bring the parts.`;
    builder.say('Dates to parts', why, then('date-parts', { columns: columnsNamed(...dates), overwrite: true }));
  }
  const gaps = treated('fill');
  if (gaps.length > 0)
    builder.say(
      'Fill missing values',
      `${quoted(gaps)}: the median takes their place.`,
      then('clean-missing-data', { columns: columnsNamed(...gaps), mode: 'median' }),
    );
  const many = treated('category');
  if (many.length > 0) {
    const why = `${quoted(many)}: too many values to tell apart; as categories the 100 commonest count.`;
    builder.say('Texts to categories', why, then('edit-metadata', { columns: columnsNamed(...many), categorical: 'categorical' }));
  }
  const prose = treated('words');
  const counted = prose.map((column) =>
    then('extract-n-gram-features-from-text', { column, most: MOST_WORDS, overwrite: true }, `Words of ${column}`.slice(0, 200)),
  );
  if (prose.length > 0) builder.say('Texts to numbers', `${quoted(prose)}: each of the ${MOST_WORDS} commonest words becomes a number.`, ...counted);
  return at;
}

function learn(builder: Builder, { baselines, share }: Decisions, label: string, task: Exclude<ProposedTask, 'clustering'>, source: Place): void {
  const classes = task !== 'regression';
  const split = builder.add('split-data', { fraction: share, seed: SEED, ...(classes ? { stratified: true, stratifyBy: label } : {}) }, { data: source });
  const alike = classes ? ' Each class is shared out alike.' : '';
  builder.say('Split', `${Math.round(share * 100)} % of the rows to learn from, the rest to judge by: rows that no model has seen.${alike}`, split);
  const trained = baselines.map((baseline) => {
    const learner = builder.add(LEARNERS[task][baseline], {});
    const train = builder.add('train-model', { label }, { learner: [learner, 'learner'], data: [split, 'first'] });
    const score = builder.add('score-model', {}, { model: [train, 'model'], data: [split, 'second'] });
    const [title, why] =
      baseline === 'trees'
        ? ['Boosted trees', 'Take numbers and categories as they are, find bends and interplay, and are hard to beat on tables.']
        : [task === 'regression' ? 'Linear regression' : 'Logistic regression', 'Simple, fast, and its coefficients can be read: what the trees have to beat.'];
    builder.say(title!, why!, learner, train);
    return score;
  });
  const ports = ['scored', 'compare'] as const;
  const evaluate = builder.add('evaluate-model', {}, Object.fromEntries(trained.map((score, index) => [ports[index]!, [score, 'data'] as const])));
  const by = { 'two-class': 'ROC curve, AUC, confusion matrix', multiclass: 'accuracy and confusion matrix', regression: 'R², mean and squared errors' }[task];
  builder.say(
    'Score and evaluate',
    `The other rows are scored, and ${trained.length > 1 ? 'both models stand side by side' : 'the model is judged'}: ${by}.`,
    ...trained,
    evaluate,
  );
}

function cluster(builder: Builder, source: Place): void {
  const learner = builder.add('k-means-clustering', { clusters: CLUSTERS, seed: SEED });
  const train = builder.add('train-clustering-model', {}, { learner: [learner, 'learner'], data: source });
  const evaluate = builder.add('evaluate-model', {}, { scored: [train, 'data'] });
  builder.say('Find groups', `Without a label, rows that lie close together form ${CLUSTERS} groups; all columns count alike.`, learner, train);
  builder.say('Evaluate', 'How tight the groups are, and how far apart.', evaluate);
}
