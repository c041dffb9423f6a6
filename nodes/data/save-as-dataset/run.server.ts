import { defineRun } from '../../kit/define.ts';
import { saveAsDataset } from './node.ts';

export default defineRun(saveAsDataset, ({ data }, { name, description }, context) => {
  context.effect({ type: 'save-dataset', name, description, input: 'data' });
  return { data };
});
