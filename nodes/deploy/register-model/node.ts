import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';
import { readAliases, readTags, wrongAlias } from './texts.ts';

const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export const registerModel = defineNode({
  type: 'register-model',
  version: 1,
  title: 'Register Model',
  category: 'Deployment',
  family: 'deploy',
  icon: 'models',
  summary: 'Puts a trained model into the registry of the workspace, as a new version of a name.',
  keywords: ['registry', 'save', 'version', 'publish', 'asset', 'model', 'model writer', 'pickle', 'dump', 'mlflow', 'save model'],
  inputs: { model: { kind: 'model', title: 'Trained model' } },
  outputs: { model: { kind: 'model', title: 'Trained model' }, report: { kind: 'report', title: 'Registration' } },
  params: z.object({
    name: param.text({ title: 'Model name', help: 'Each run that trains anew adds a version to this name.', default: '', maximum: 100, placeholder: 'churn' }),
    description: param.text({ title: 'Description', help: 'Of the model when its name is new, else of the new version.', default: '', maximum: 1_000 }),
    aliases: param.text({
      title: 'Aliases',
      help: 'Names that the new version takes over from the one that has them, separated by commas.',
      default: '',
      maximum: 500,
      placeholder: 'champion',
    }),
    tags: param.text({ title: 'Tags', help: 'Of the new version: key=value, separated by commas.', default: '', maximum: 2_000, placeholder: 'team=fraud' }),
  }),
  deterministic: false,
  describe: ({ name }) => name,
  infer({ model }, { name, aliases, tags }) {
    const issues = [];
    if (name === '') issues.push(problem('parameter_missing', 'Give the model a name.', { param: 'name' }));
    else if (!MODEL_NAME.test(name)) {
      issues.push(
        problem('name_invalid', 'A model name begins with a letter or digit and holds letters, digits, “.”, “_” and “-”.', { param: 'name', fix: fixOf(name) }),
      );
    }
    const wrong = wrongAlias(readAliases(aliases));
    if (wrong !== undefined)
      issues.push(
        problem(
          'name_invalid',
          `“${wrong}” cannot be an alias: it begins with a small letter and holds small letters, digits, “_” and “-”, and “latest” is taken.`,
          {
            param: 'aliases',
          },
        ),
      );
    if (!readTags(tags)) issues.push(problem('parameter_invalid', 'Write tags as key=value, separated by commas.', { param: 'tags' }));
    return { outputs: { model, report: { report: 'registered' } }, issues };
  },
  atScoring: () => ({ as: 'vanish' }),
});

function fixOf(name: string) {
  const better = name
    .trim()
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 100);
  return better === '' ? undefined : { title: `Name it “${better}”`, set: { name: better } };
}
