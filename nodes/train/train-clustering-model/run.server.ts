import { defineRun } from '../../kit/define.ts';
import { readChosen, scoredTable } from '../unsupervised.server.ts';
import { trainClusteringModel } from './node.ts';

export default defineRun(trainClusteringModel, async ({ learner, data }, { columns, append }, context) => {
  const rows = await readChosen('clustering', learner, data, columns, context);
  const trainer = await context.unsupervisedTrainer(learner.learner);
  const model = await trainer.fit(rows, { ...learner.params }, context);
  for (const note of model.summary.notes) context.log(note);
  return { model, data: await scoredTable(model, data, append, context, learner.labels) };
});
