import { isNumeric } from '#nodes/kit/table.ts';
import { columnsOf, isConstant, isIdentifier, isProse, MANY_LEVELS, wordsOf, type Column, type DatasetFacts } from './facts.ts';

export const TASKS = ['two-class', 'multiclass', 'regression', 'clustering'] as const;
export type ProposedTask = (typeof TASKS)[number];

export interface LabelGuess {
  readonly column: string;
  /** A sentence: what speaks for it. */
  readonly why: string;
  /** The tasks that suit it, the likeliest first. */
  readonly tasks: readonly ProposedTask[];
  /** Why the first of them. */
  readonly taskWhy: string;
}

/** Names of labels, alone or as the last word of a name. */
const NAMES = new Set(['label', 'target', 'outcome', 'response', 'churn', 'churned', 'survived', 'diagnosis', 'fraud', 'price']);
/** Names of labels only when nothing stands before them: a “vehicle class” is a feature. */
const NAMES_ALONE = new Set(['class', 'y', 'species', 'default']);
const LIKELY = new Set(['result', 'status', 'quality', 'rating', 'score', 'income', 'salary', 'sales', 'revenue', 'cost', 'amount', 'value', 'demand', 'medv']);
/** Whole numbers with no more values than this may be classes. */
const FEW = 10;
const WEIGHT = { role: 1_000, named: 60, endsNamed: 50, likely: 25, last: 20, first: 8, twoValues: 8, missing: -30, manyMissing: 0.3 } as const;

interface Clue {
  readonly weight: number;
  readonly words: string;
}

function clues({ name, role, figures, present }: Column, place: number, of: number, rowCount: number): Clue[] {
  const words = wordsOf(name);
  const found: Clue[] = [];
  const add = (weight: number, text: string): void => void found.push({ weight, words: text });
  if (role === 'label') add(WEIGHT.role, 'it has the label role');
  if (words.length === 1 && (NAMES.has(words[0]!) || NAMES_ALONE.has(words[0]!))) add(WEIGHT.named, 'its name is one that labels often have');
  else if (NAMES.has(words.at(-1) ?? '')) add(WEIGHT.endsNamed, `“${words.at(-1)}” is a name that labels often have`);
  else if (LIKELY.has(words.at(-1) ?? '')) add(WEIGHT.likely, `“${words.at(-1)}” is often what is asked for`);
  if (place === of - 1) add(WEIGHT.last, 'it is the last column');
  else if (place === 0) add(WEIGHT.first, 'it is the first column');
  if (figures.distinct === 2) add(WEIGHT.twoValues, 'it has two values');
  if (rowCount > 0 && 1 - present / rowCount > WEIGHT.manyMissing) add(WEIGHT.missing, '');
  return found;
}

/** Which columns could be the label, the likeliest first. Identifiers, constants, dates and prose cannot. */
export function guessLabels(facts: DatasetFacts): LabelGuess[] {
  const columns = columnsOf(facts);
  return columns
    .flatMap((column, place) => {
      const tasks = tasksOf(column);
      if (tasks.length === 0) return [];
      const found = clues(column, place, columns.length, facts.rowCount);
      const said = found.filter(({ words }) => words !== '').map(({ words }) => words);
      return [
        {
          weight: found.reduce((sum, { weight }) => sum + weight, 0),
          guess: {
            column: column.name,
            why: sentence(said.length === 0 ? ['nothing but its type speaks for it'] : said),
            tasks,
            taskWhy: taskWhy(column, tasks[0]!),
          },
        },
      ];
    })
    .sort((a, b) => b.weight - a.weight)
    .map(({ guess }) => guess);
}

function sentence(parts: readonly string[]): string {
  const text = parts.join(', and ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The tasks that can predict a column, the likeliest first. */
export function tasksOf(column: Column): ProposedTask[] {
  const { type, role, figures } = column;
  if ((role !== 'feature' && role !== 'label') || type === 'datetime' || isConstant(column) || isProse(column) || isIdentifier(column)) return [];
  const classes: ProposedTask[] = figures.distinct === 2 ? ['two-class'] : figures.distinct > 2 && figures.distinct <= MANY_LEVELS ? ['multiclass'] : [];
  if (!isNumeric(type)) return classes;
  if (figures.distinct === 2) return ['two-class', 'regression'];
  if (type !== 'integer') return ['regression'];
  return figures.distinct <= FEW && wordsOf(column.name).some((word) => word === 'class' || word === 'label' || word === 'type' || word === 'digit')
    ? ['multiclass', 'regression']
    : ['regression', ...classes];
}

function taskWhy({ type, figures }: Column, task: ProposedTask): string {
  if (task === 'two-class') return 'Two values: which of two classes a row belongs to.';
  if (task === 'multiclass') return `${figures.distinct} values: which of several classes a row belongs to.`;
  return `${type === 'integer' ? 'Whole numbers' : 'Numbers'} with ${figures.distinct.toLocaleString('en-US')} values: how much or how many.`;
}
