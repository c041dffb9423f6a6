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

test('free optional inputs stand on the card while there is room, and all that could be wired when it is asked for', () => {
  const chain = (joins: readonly string[]) => {
    const document = documentOf(
      ['source', ...joins.map((id) => `${id}:join`)],
      joins.map((id, at) => `${joins[at - 1] ?? 'source'} -> ${id}.left`),
    );
    const portsOf = (id: string, side: 'inputs' | 'outputs'): Ports => stubCatalog[document.nodes.find((node) => node.id === id)!.type]![side] as Ports;
    return (allPorts?: true) => {
      const { inputs, outputs, more } = outerPorts(document, { nodes: [...joins], allPorts }, portsOf);
      const named = (list: typeof inputs): string => list.map(({ node, name }) => `${node}.${name}`).join(' ');
      return [named(inputs), named(outputs), more];
    };
  };
  const few = chain(['a', 'b', 'c']);
  expect(few()).toEqual(['a.left a.right b.right c.right', 'c.data', 2]);
  expect(few(true)).toEqual(['a.left a.right b.right c.right', 'a.data b.data c.data', 0]);
  const many = chain([...'abcdefgh']);
  expect(many()).toEqual(['a.left', 'h.data', 8 + 7]);
  expect(many(true)[2]).toBe(0);
});
