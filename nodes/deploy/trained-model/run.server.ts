import { defineRun } from '../../kit/define.ts';
import { NodeError } from '../../kit/issues.ts';
import { givenOnly } from '../given-only.ts';
import { trainedModel } from './node.ts';

export default defineRun(trainedModel, (_inputs, { model }) => {
  if (model === '') givenOnly(trainedModel.title);
  throw new NodeError('pin_missing', `“${model}” comes from the registry by a pin, which was taken out. Undo that, or drag the model from the library again.`);
});
