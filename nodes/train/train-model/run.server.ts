import { defineRun } from '../../kit/define.ts';
import { readSupervised } from '../supervised.server.ts';
import { trainModel } from './node.ts';

export default defineRun(trainModel, async ({ learner, data, validation }, { label }, context) => {
  const { rows, readAlike } = await readSupervised(learner, data, label, context);
  const held = validation && (await readAlike(validation));
  const trainer = await context.trainer(learner.learner);
  const model = await trainer.fit({ ...rows, ...(held ? { validation: held } : {}) }, { ...learner.params }, context);
  for (const note of model.summary.notes) context.log(note);
  if (held && !model.summary.validationHistory) context.log('The validation rows were not used: this algorithm does not end early.');
  return { model };
});
