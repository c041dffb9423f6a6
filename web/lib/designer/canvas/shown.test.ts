import { describe, expect, it } from 'vitest';
import type { DocumentGroup } from '#pipelines/document.ts';
import { wholeGroups } from '#pipelines/nesting.ts';
import type { Card, Face } from './card.ts';
import { frameBoxes } from './frames.ts';
import { groupCardOf } from './group-card.ts';
import { groupHandle, isShown, placeAt, shownEnds, shownNodes, shownOf } from './shown.ts';

const group = (id: string, nodes: string[], collapsed: boolean): DocumentGroup => ({ id, title: id, colour: 'data', collapsed, nodes });
const edge = (from: string, to: string) => ({ from: { node: from, port: 'o' }, to: { node: to, port: 'i' } });
const nodes = ['a', 'b', 'c', 'd'].map((id) => ({ id, type: 't', version: 1, name: '', comment: '', params: {} }));

describe('what stands on the canvas', () => {
  it('is everything without collapsed groups', () => {
    const shown = shownOf([group('g', ['a'], false)], null);
    expect(shownNodes(shown, nodes)).toBe(nodes);
    expect(shown.frames.map(({ id }) => id)).toEqual(['g']);
  });

  it('has a card in place of a collapsed group, to which its wires lead', () => {
    const shown = shownOf([group('g', ['b', 'c'], true)], null);
    expect(shownNodes(shown, nodes).map(({ id }) => id)).toEqual(['a', 'd']);
    expect(shownEnds(shown, edge('a', 'b'))).toEqual({ source: { card: 'a', handle: 'o' }, target: { card: 'group:g', handle: 'b/i' } });
    expect(shownEnds(shown, edge('b', 'c'))).toBeNull();
    expect(placeAt('group:g', groupHandle({ node: 'b', port: 'i/j' }))).toEqual({ node: 'b', port: 'i/j' });
    expect(placeAt('a', 'o')).toEqual({ node: 'a', port: 'o' });
  });

  it('is the inside of an opened group, with ends for what leaves it', () => {
    const shown = shownOf([group('g', ['b', 'c'], true), group('h', ['d'], false)], 'g');
    expect(nodes.filter(({ id }) => isShown(shown, id)).map(({ id }) => id)).toEqual(['b', 'c']);
    expect(shownEnds(shown, edge('a', 'b'))).toMatchObject({ source: { card: 'outside:inputs:b/i' }, target: { card: 'b' } });
    expect(shownEnds(shown, edge('c', 'd'))).toMatchObject({ source: { card: 'c' }, target: { card: 'outside:outputs:c/o' } });
    expect(shownEnds(shown, edge('a', 'd'))).toBeNull();
    expect(shownOf([group('h', ['d'], false)], 'gone').opened).toBeNull();
  });

  it('shows of groups in groups what stands in no collapsed one', () => {
    const groups = wholeGroups([group('outer', ['a'], true), { ...group('inner', ['b', 'c'], true), parent: 'outer' }]);
    const top = shownOf(groups, null);
    expect(top.collapsed.map(({ id }) => id)).toEqual(['outer']);
    expect(shownEnds(top, edge('d', 'b'))).toMatchObject({ target: { card: 'group:outer', handle: 'b/i' } });
    const within = shownOf(groups, 'outer');
    expect(shownNodes(within, nodes).map(({ id }) => id)).toEqual(['a']);
    expect(within.collapsed.map(({ id }) => id)).toEqual(['inner']);
    expect(shownEnds(within, edge('a', 'b'))).toEqual({ source: { card: 'a', handle: 'o' }, target: { card: 'group:inner', handle: 'b/i' } });
    expect(shownEnds(within, edge('c', 'd'))).toMatchObject({ source: { card: 'group:inner' }, target: { card: 'outside:outputs:c/o' } });
    expect(shownNodes(shownOf(groups, 'inner'), nodes).map(({ id }) => id)).toEqual(['b', 'c']);
  });

  it('frames groups around the frames in them', () => {
    const groups = wholeGroups([group('outer', ['a'], false), { ...group('inner', ['b'], false), parent: 'outer' }]);
    const places = new Map([
      ['a', { x: 0, y: 0 }],
      ['b', { x: 300, y: 0 }],
    ]);
    const [outer, inner] = frameBoxes(shownOf(groups, null), places);
    expect([outer!.group.id, inner!.group.id]).toEqual(['outer', 'inner']);
    expect(outer!.x).toBeLessThan(0);
    expect(outer!.y).toBeLessThan(inner!.y);
    expect(outer!.x + outer!.width).toBeGreaterThan(inner!.x + inner!.width);
  });
});

describe('the card of a collapsed group', () => {
  const card = (face: Face, tone: Card['now']['tone'] = 'plain', text = '') => ({ face, name: 'A', now: { tone, text, fix: null } }) as Card;
  const says = (...cards: Card[]) => {
    const { face, foot, text } = groupCardOf(cards);
    return [face, foot.text, foot.right, text];
  };

  it('says what is most urgent of its nodes', () => {
    expect(says(card('succeeded'), card('reused'))).toEqual(['succeeded', 'Done', '', '2 nodes']);
    expect(says(card('reused'), card('off'))).toEqual(['reused', 'Reused', '', '2 nodes']);
    expect(says(card('will'), card('succeeded'))).toEqual(['will', 'Will run 1 of 2', '', '2 nodes']);
    expect(says(card('failed', 'bad', 'It broke.'), card('succeeded'))).toEqual(['failed', '1 failed', '1 of 2 done', 'A: It broke.']);
    expect(says(card('running'), card('succeeded'))).toEqual(['running', 'Running', '1 of 2', '2 nodes']);
    expect(says(card('off'), card('off'))[1]).toBe('Disabled');
    expect(groupCardOf([card('queued'), card('succeeded')]).progress).toBe(0.5);
  });
});
