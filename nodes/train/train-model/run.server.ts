import { defineRun } from '../../kit/define.ts';
import { NodeError, type Issue } from '../../kit/issues.ts';
import { chooseLabel, featureColumns, labelIssues, supervisedIssues, validationIssues } from '../../kit/model-schema.ts';
import type { Table } from '../../kit/table.ts';
import { readLabelled } from '../rows.server.ts';
import { trainModel } from './node.ts';

export default defineRun(trainModel, async ({ learner, data, validation }, { label: name }, context) => {
  const { label, issues } = chooseLabel(data.schema, name);
  refuse(supervisedIssues(learner.task, 'learner'));
  refuse(label ? labelIssues(label, learner.task) : issues);
  if (!label) throw new NodeError('label_missing', 'Choose the label column: the one that the model shall predict.', { param: 'label' });
  const features = featureColumns(data.schema, label.name);
  const rows = await readLabelled(data, { features, label }, context);
  const held = validation && (await validationRows(validation));
  const trainer = await context.trainer(learner.learner);
  const model = await trainer.fit({ ...rows, ...(held ? { validation: held } : {}) }, { ...learner.params }, context);
  for (const note of model.summary.notes) context.log(note);
  if (held && !model.summary.validationHistory) context.log('The validation rows were not used: this algorithm does not end early.');
  return { model };

  async function validationRows(table: Table) {
    refuse(validationIssues(data.schema, label!, table.schema));
    return readLabelled(table, { features, label: label! }, { signal: context.signal, log: (message) => context.log(`Validation: ${message}`) });
  }
});

function refuse([issue]: readonly Issue[]): void {
  if (issue) throw new NodeError(issue.code, issue.message, { param: issue.param });
}
