import { expect, test } from 'vitest';
import type { Ports } from '#nodes/kit/define.ts';
import { outerPorts } from './outer-ports.ts';
import { documentOf, stubCatalog } from './stub-catalog.ts';

test('a group takes what comes from outside or is missing, and gives what goes outside or nowhere', () => {
  const document = documentOf(['source', 'a:scale', 'b:split', 'train', 'c:scale'], ['source -> a', 'a -> b', 'b.first -> train', 'b.first -> c']);
  const portsOf = (id: string, side: 'inputs' | 'outputs'): Ports => stubCatalog[document.nodes.find((node) => node.id === id)!.type]![side] as Ports;
  const named = (list: readonly { node: string; name: string; wired: boolean }[]) =>
    list.map(({ node, name, wired }) => `${node}.${name}${wired ? '' : ' free'}`);
  const { inputs, outputs } = outerPorts(document, { nodes: ['a', 'b', 'train', 'gone'] }, portsOf);
  expect(named(inputs)).toEqual(['a.data', 'train.learner free']);
  expect(named(outputs)).toEqual(['a.transform free', 'b.first', 'b.second free', 'train.model free']);
});
