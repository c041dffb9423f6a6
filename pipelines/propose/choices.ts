import { columnsOf, type DatasetFacts } from './facts.ts';
import { guessLabels, tasksOf, type ProposedTask } from './label.ts';
import { treat, type ColumnPlan, type Treatment } from './treatment.ts';

/** The algorithms that are trained side by side. */
export const BASELINES = ['trees', 'linear'] as const;
export type Baseline = (typeof BASELINES)[number];

/** What a person may change in a proposal; what is left out is proposed. */
export interface Choices {
  /** Null for none: then groups of rows are looked for. */
  readonly label?: string | null;
  readonly task?: ProposedTask;
  /** By column. */
  readonly treatments?: Readonly<Record<string, Treatment>>;
  /** Share of the rows to learn from. */
  readonly share?: number;
  readonly baselines?: readonly Baseline[];
}

/** All that a proposal stands on. */
export interface Decisions {
  readonly label: string | null;
  readonly task: ProposedTask;
  readonly columns: readonly ColumnPlan[];
  readonly share: number;
  readonly baselines: readonly Baseline[];
}

const SHARE = 0.75;

/** Fills in what the person left open. A choice that does not fit the data gives way. */
export function decide(facts: DatasetFacts, choices: Choices = {}): Decisions {
  const columns = columnsOf(facts);
  const chosen = choices.label === undefined ? (guessLabels(facts)[0]?.column ?? null) : choices.label;
  const label = columns.find(({ name }) => name === chosen);
  const tasks = label ? tasksOf(label) : [];
  const suits = label !== undefined && tasks.length > 0;
  const task = suits ? (choices.task && tasks.includes(choices.task) ? choices.task : tasks[0]!) : 'clustering';
  const wanted = choices.baselines?.length ? choices.baselines : BASELINES;
  return {
    label: suits ? label.name : null,
    task,
    columns: columns
      .filter((each) => !suits || each.name !== label.name)
      .map((each) => {
        const plan = treat(each, facts.rowCount);
        const own = choices.treatments && Object.hasOwn(choices.treatments, each.name) ? choices.treatments[each.name] : undefined;
        return own !== undefined && plan.options.includes(own) ? { ...plan, treatment: own } : plan;
      }),
    share: choices.share !== undefined && choices.share > 0 && choices.share < 1 ? choices.share : SHARE,
    baselines: BASELINES.filter((each) => wanted.includes(each)),
  };
}
