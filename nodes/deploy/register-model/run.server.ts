import { defineRun } from '../../kit/define.ts';
import { registerModel } from './node.ts';

export default defineRun(registerModel, ({ model }, { name, description }, context) => {
  context.effect({ type: 'register-model', name, description, input: 'model' });
  return { model, report: { type: 'registered', model: name, task: model.signature.task ?? null } };
});
