import { z } from 'zod';
import { defineNode } from '../../kit/define.ts';
import { problem } from '../../kit/issues.ts';
import * as param from '../../kit/params.ts';

const ENDPOINT_NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const deployToEndpoint = defineNode({
  type: 'deploy-to-endpoint',
  version: 1,
  title: 'Deploy to Endpoint',
  category: 'Deployment',
  family: 'deploy',
  icon: 'endpoints',
  summary: 'Deploys a trained model, with the preparation it was trained on, to a real-time endpoint.',
  keywords: ['serve', 'publish', 'real-time', 'rest', 'http', 'production', 'endpoint', 'web service', 'inference server', 'host'],
  inputs: { model: { kind: 'model', title: 'Trained model' } },
  outputs: { report: { kind: 'report', title: 'Deployment' } },
  params: z.object({
    endpoint: param.text({
      title: 'Endpoint name',
      help: 'A new name makes a new endpoint; a name that exists gets a new deployment, and the old one stays for a rollback.',
      default: '',
      maximum: 63,
      placeholder: 'churn',
    }),
    traffic: param.choice({
      title: 'Traffic',
      help: 'The first deployment of an endpoint always takes all requests.',
      options: {
        all: 'All requests',
        part: 'A part of the requests',
        none: 'None, only requests that name it',
        shadow: 'Shadow: copies, never answered',
      },
      default: 'all',
    }),
    share: param.integer({
      title: 'Share of the requests',
      help: 'The others keep the rest, split as it was.',
      default: 10,
      minimum: 1,
      maximum: 99,
      unit: '%',
      shownWhen: { param: 'traffic', is: ['part'] },
    }),
    workers: param.integer({ title: 'Workers', help: 'Processes that each hold the model.', default: 1, minimum: 1, maximum: 16 }),
    queueLimit: param.integer({
      title: 'Requests that may wait',
      help: 'In each worker; more is refused with 503.',
      default: 256,
      minimum: 1,
      maximum: 10_000,
    }),
    timeLimit: param.integer({
      title: 'Time limit',
      help: 'A request that takes longer is answered with 504.',
      default: 10_000,
      minimum: 50,
      maximum: 600_000,
      unit: 'ms',
    }),
    idleMinutes: param.integer({
      title: 'Sleep without requests after',
      help: 'The next request wakes it up. 0: never.',
      default: 0,
      minimum: 0,
      maximum: 10_080,
      unit: 'min',
    }),
  }),
  deterministic: false,
  describe: ({ endpoint, traffic, share }) =>
    traffic === 'all' || endpoint === '' ? endpoint : `${endpoint} · ${traffic === 'part' ? `${share} %` : traffic}`,
  infer(_inputs, { endpoint }) {
    const issues = [];
    if (endpoint === '') issues.push(problem('parameter_missing', 'Give the endpoint a name.', { param: 'endpoint' }));
    else if (!ENDPOINT_NAME.test(endpoint)) {
      issues.push(
        problem('name_invalid', 'An endpoint name is part of its address: lower-case letters, digits and “-”, at most 63, no “-” at either end.', {
          param: 'endpoint',
          fix: fixOf(endpoint),
        }),
      );
    }
    return { outputs: { report: { report: 'deployed' } }, issues };
  },
  atScoring: () => ({ as: 'vanish' }),
});

function fixOf(name: string) {
  const better = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
  return better === '' ? undefined : { title: `Name it “${better}”`, set: { endpoint: better } };
}
