import { expect, it } from 'vitest';
import { endpointName, freeName, originOf, readTags, whyNoAlias, whyNoEndpoint, writeTags } from './words.ts';

it('tells what can be an alias', () => {
  expect(whyNoAlias('champion-2')).toBeNull();
  for (const wrong of ['', 'latest', 'Champion', '2nd', 'a b']) expect([wrong, whyNoAlias(wrong)]).toEqual([wrong, expect.any(String)]);
});
it('reads tags as it writes them', () => {
  const tags = { team: 'fraud', formula: 'a=b', empty: '' };
  expect(readTags(writeTags(tags))).toEqual(tags);
  expect(readTags(' , ')).toEqual({});
  expect(readTags('team')).toBeNull();
});
it('says where a version comes from', () => {
  expect(originOf({ source: 'run', fileName: '', runNumber: 4, pipelineName: 'Churn' })).toBe('Run 4 of Churn');
  expect(originOf({ source: 'upload', fileName: 'net.onnx', runNumber: null, pipelineName: '' })).toBe('net.onnx');
});
it('makes names of models names of endpoints', () => {
  expect(endpointName('Churn_2.model-')).toBe('churn-2-model');
  expect(whyNoEndpoint(endpointName('Churn_2.model-'))).toBeNull();
  expect(whyNoEndpoint('Churn')).toMatch(/Lower-case/);
});

it('finds a name that is free', () => {
  expect([freeName('churn', []), freeName('churn', ['churn']), freeName('churn', ['churn', 'churn-2']), freeName('', [''])]).toEqual([
    'churn',
    'churn-2',
    'churn-3',
    '',
  ]);
});
