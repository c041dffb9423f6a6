import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalog as allNodes } from '#nodes/catalog.ts';
import type { Catalog, Ports } from '#nodes/kit/define.ts';
import { emptyDocument, type PipelineDocument } from '#pipelines/document.ts';
import { canvasSvg, escapeXml, noteLines } from './canvas-svg.ts';
import { tokensOf } from './tokens.ts';

const catalog: Catalog = allNodes;
const css = readFileSync(new URL('../../../tokens.css', import.meta.url), 'utf8');
const colour = tokensOf(css, false);
const node = (id: string, type: string, name = '') => ({ id, type, version: 1, name, comment: '', params: {} });
const draw = (document: PipelineDocument, theme = colour): string =>
  canvasSvg({
    document,
    colour: theme,
    cardOf: (id) => {
      const { name, type } = document.nodes.find((each) => each.id === id)!;
      return { name: name || type, line: 'line', foot: 'foot', right: '', family: catalog[type]?.family ?? 'script', icon: [{ d: 'M0 0h1' }] };
    },
    groupCardOf: ({ title }) => ({ name: title, line: '2 nodes', foot: 'Done', right: '', family: 'data', icon: [] }),
    portsOf: (id, side) => (catalog[document.nodes.find((each) => each.id === id)!.type]?.[side] as Ports | undefined) ?? {},
  });
const document: PipelineDocument = {
  ...emptyDocument('Churn'),
  nodes: [node('data', 'dataset'), node('split', 'split-data'), node('odd', 'of-a-plugin')],
  edges: [{ from: { node: 'data', port: 'data' }, to: { node: 'split', port: 'data' } }],
  notes: [{ id: 'note', text: 'Mind this', x: 400, y: -50 }],
  groups: [{ id: 'g', title: 'Prepare', colour: 'data', collapsed: false, nodes: ['data', 'split', 'gone'] }],
  layout: { data: [0, 0], split: [100, 200], odd: [-300, 40] },
};
/** Element names of well-formed XML; throws where a tag is not closed. */
function elements(xml: string): string[] {
  const open: string[] = [];
  const all: string[] = [];
  for (const [, end, name, selfClosed] of xml.matchAll(/<(\/?)([a-zA-Z]+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g)) {
    if (end) expect(open.pop()).toBe(name);
    else {
      all.push(name!);
      if (!selfClosed) open.push(name!);
    }
  }
  expect(open).toEqual([]);
  expect(xml.replace(/<(\/?)([a-zA-Z]+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g, '')).not.toMatch(/[<>]/);
  return all;
}

describe('canvasSvg', () => {
  it('draws cards, ports, wires, notes and groups within its frame', () => {
    const svg = draw(document);
    const names = elements(svg);
    expect(names.filter((name) => name === 'g').length).toBe(6);
    for (const words of ['dataset', 'of-a-plugin', 'Mind this', 'Prepare']) expect(svg).toContain(words);
    const [x, y, width, height] = /viewBox="([^"]+)"/.exec(svg)![1]!.split(' ').map(Number) as [number, number, number, number];
    expect([x, y]).toEqual([-332, -82]);
    expect([x + width, y + height]).toEqual([648, 320]);
  });

  it('draws a collapsed group as the one card that the canvas shows, with the wires that cross its border', () => {
    const score = { from: { node: 'split', port: 'first' }, to: { node: 'clean', port: 'data' } };
    const folded: PipelineDocument = {
      ...document,
      nodes: [...document.nodes, node('clean', 'clean-missing-data')],
      edges: [...document.edges, score],
      groups: [{ ...document.groups![0]!, collapsed: true }],
      layout: { ...document.layout, clean: [400, 400] },
    };
    const [open, shut] = [draw({ ...folded, groups: document.groups }), draw(folded)];
    const wires = (svg: string): number => [...svg.matchAll(/stroke-width="5"/g)].length;
    expect([wires(open), wires(shut)]).toEqual([2, 1]);
    expect(shut).toContain('Prepare');
    expect(shut).toContain('2 nodes');
    expect(shut).not.toContain('>split-data<');
    expect(shut).toContain('>of-a-plugin<');
  });

  it('shows text of people as text, whatever it is, and stays well-formed', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constantFrom('<script>alert(1)</script>', ']]>', '" onload="x', '&amp;', '\u0000')),
        (text) => {
          const svg = draw({ ...document, name: text || 'x', nodes: [node('data', 'dataset', text)], notes: [{ id: 'n', text, x: 0, y: 0 }], groups: [] });
          expect(elements(svg)).not.toContain('script');
          expect(svg).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/);
        },
      ),
    );
    expect(escapeXml('<a href="x">&\'')).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&#39;');
  });

  it('takes the colours of either theme, and draws an empty canvas', () => {
    const dark = draw(document, tokensOf(css, true));
    expect(dark).toContain(tokensOf(css, true)('--surface'));
    expect(dark).not.toContain('var(');
    expect(tokensOf(css, true)('--surface')).not.toBe(colour('--surface'));
    expect(elements(draw(emptyDocument('Empty')))).toContain('rect');
    expect(() => colour('--nothing')).toThrow('--nothing');
  });
});

it('notes break between words, and long words where they must', () => {
  expect(noteLines('one two three four five six seven', 80)).toEqual(['one two', 'three four', 'five six', 'seven']);
  expect(noteLines('a\n\nb', 80)).toEqual(['a', '', 'b']);
  expect(noteLines('abcdefghijklmnopqrstuvwxyz', 80).join('')).toBe('abcdefghijklmnopqrstuvwxyz');
});
