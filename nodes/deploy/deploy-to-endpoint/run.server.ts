import { defineRun } from '../../kit/define.ts';
import { deployToEndpoint } from './node.ts';

export default defineRun(deployToEndpoint, (_inputs, { endpoint }, context) => {
  context.effect({ type: 'deploy', endpoint, input: 'model' });
  return { report: { type: 'deployed', endpoint, deployment: '' } };
});
