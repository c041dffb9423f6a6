import { defineRun } from '../../kit/define.ts';
import { registerModel } from './node.ts';
import { readAliases, readTags } from './texts.ts';

export default defineRun(registerModel, ({ model }, { name, description, aliases, tags }, context) => {
  context.effect({ type: 'register-model', name, description, aliases: readAliases(aliases), tags: readTags(tags) ?? {}, input: 'model' });
  return { model, report: { type: 'registered', model: name, task: model.signature.task ?? null } };
});
