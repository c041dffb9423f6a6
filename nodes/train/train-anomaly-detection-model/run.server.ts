import { defineRun } from '../../kit/define.ts';
import { readChosen } from '../unsupervised.server.ts';
import { trainAnomalyDetectionModel } from './node.ts';

export default defineRun(trainAnomalyDetectionModel, async ({ learner, data }, { columns }, context) => {
  const rows = await readChosen('anomaly', learner, data, columns, context);
  const trainer = await context.unsupervisedTrainer(learner.learner);
  const model = await trainer.fit(rows, { ...learner.params }, context);
  for (const note of model.summary.notes) context.log(note);
  return { model };
});
