import { defineRun } from '../../kit/define.ts';
import { deployToEndpoint } from './node.ts';

export default defineRun(deployToEndpoint, (_inputs, { endpoint, traffic, share, workers, queueLimit, timeLimit, idleMinutes }, context) => {
  context.effect({
    type: 'deploy',
    endpoint,
    mode: traffic === 'shadow' ? 'shadow' : 'live',
    weight: traffic === 'all' ? 100 : traffic === 'part' ? share : 0,
    settings: { workers, queueLimit, timeLimitMilliseconds: timeLimit, idleMinutes },
    input: 'model',
  });
  return { report: { type: 'deployed', endpoint, deployment: '' } };
});
