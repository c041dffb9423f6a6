import type { RunContext } from '../kit/context.ts';
import { NodeError, type Issue } from '../kit/issues.ts';
import type { Learner } from '../kit/kinds.ts';
import { chooseLabel, featureColumns, labelIssues, supervisedIssues, validationIssues } from '../kit/model-schema.ts';
import type { ColumnSchema, Table } from '../kit/table.ts';
import { planned } from './memory.server.ts';
import { readLabelled, type LabelledRows } from './rows.server.ts';

type Reading = Pick<RunContext, 'signal' | 'log' | 'progress' | 'trainer'>;

interface Particulars {
  /** Columns that are no features. */
  readonly besides?: readonly string[];
  /** The share of the rows that each training is given a copy of. */
  readonly copied?: number;
}

/** What a learner learns from, and how other tables are read alike. */
export interface Supervised {
  readonly label: ColumnSchema;
  readonly rows: LabelledRows;
  /** Rows of another table with the same columns, for validation. */
  readAlike(table: Table): Promise<LabelledRows>;
}

/** The rows of a table that a learner can learn from. Throws NodeError with what is wrong. */
export async function readSupervised(
  learner: Learner,
  table: Table,
  name: string,
  context: Reading,
  { besides = [], copied }: Particulars = {},
): Promise<Supervised> {
  const { label, issues } = chooseLabel(table.schema, name);
  refuse(supervisedIssues(learner.task, 'learner'));
  refuse(label ? labelIssues(label, learner.task) : issues);
  if (!label) throw new NodeError('label_missing', 'Choose the label column: the one that the model shall predict.', { param: 'label' });
  const features = featureColumns(table.schema, label.name).filter((each) => !besides.includes(each.name));
  const training = planned(await context.trainer(learner.learner), learner, copied);
  const rows = await readLabelled(table, { features, label }, context, training);
  return {
    label,
    rows,
    async readAlike(other) {
      refuse(validationIssues(table.schema, label, other.schema));
      if (other.rowCount === 0) throw new NodeError('rows_none', 'The validation dataset has no rows. Look at the node that feeds it, or take its wire away.');
      try {
        const { signal, progress } = context;
        const held = await readLabelled(other, { features, label }, { signal, progress, log: (message) => context.log(`Validation: ${message}`) });
        if (learner.task !== 'regression') requireKnownClass(rows, held);
        return held;
      } catch (error) {
        if (!(error instanceof NodeError)) throw error;
        throw new NodeError(error.code, `The validation dataset cannot be used. ${error.message}`, { param: error.param, cause: error });
      }
    },
  };
}

/** Throws NodeError `rows_none` where no row is of a class that is there to learn. */
function requireKnownClass({ label }: LabelledRows, held: LabelledRows): void {
  const classes = new Set<number | string | null>(label.values);
  if (held.label.values.some((each: number | string | null) => classes.has(each))) return;
  throw new NodeError('rows_none', `None of its rows has a value of “${label.schema.name}” that the dataset has. Prepare both alike.`, { param: 'label' });
}

function refuse([issue]: readonly Issue[]): void {
  if (issue) throw new NodeError(issue.code, issue.message, { param: issue.param });
}
