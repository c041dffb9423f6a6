import { expect, test } from 'vitest';
import { compareRuns, type ComparedRun, type ComparedStep } from './compare-runs.ts';
import { emptyDocument } from './document.ts';
import type { ArtifactSummary } from './events.ts';

const output = (port: string, hash: string, kind: ArtifactSummary['kind'] = 'table'): ArtifactSummary =>
  ({ port, hash, kind, bytes: 1, rowCount: 1, columnCount: 1 }) as ArtifactSummary;
const step = (node: string, outputs: readonly ArtifactSummary[], milliseconds = 10): ComparedStep => ({
  node,
  name: node,
  type: 'scale',
  status: 'succeeded',
  milliseconds,
  outputs,
});
const run = (params: Record<string, unknown>, parameters: Record<string, unknown>, steps: readonly ComparedStep[]): ComparedRun => ({
  document: { ...emptyDocument('Test'), nodes: [{ id: 'a', type: 'scale', version: 1, name: '', comment: '', params }] },
  parameters,
  steps,
});

test('a run beside itself differs in nothing', () => {
  const one = run({ factor: 1 }, { share: 0.5 }, [step('a', [output('data', 'x')])]);
  const found = compareRuns(one, one);
  expect([found.difference.same, found.parameters, found.steps[0]?.same]).toEqual([true, [], true]);
});

test('tells what was set otherwise, what came out otherwise, and what only one has', () => {
  const before = run({ factor: 1 }, { share: 0.5, gone: 1 }, [step('a', [output('data', 'x'), output('model', 'm', 'model')]), step('old', [])]);
  const after = run({ factor: 2 }, { share: 0.6 }, [step('a', [output('data', 'y'), output('model', 'm', 'model')], 30), step('new', [output('data', 'z')])]);
  const { difference, parameters, steps } = compareRuns(before, after);
  expect(difference.nodes.changed).toEqual([{ id: 'a', changes: [{ kind: 'param', name: 'factor', before: 1, after: 2 }] }]);
  expect(parameters).toEqual([
    { name: 'gone', before: 1, after: undefined },
    { name: 'share', before: 0.5, after: 0.6 },
  ]);
  expect(steps.map(({ node, same, tables }) => [node, same, tables.map(({ port, same: equal }) => [port, equal])])).toEqual([
    ['a', false, [['data', false]]],
    ['new', null, []],
    ['old', null, []],
  ]);
  expect([steps[1]?.before, steps[2]?.after]).toEqual([null, null]);
});

test('names of what every object has are parameters like others', () => {
  const { parameters } = compareRuns(run({}, {}, []), run({}, { constructor: 1 }, []));
  expect(parameters).toEqual([{ name: 'constructor', before: undefined, after: 1 }]);
});
