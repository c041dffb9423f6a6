import { describe, expect, it } from 'vitest';
import { assetName } from '../assets/names.ts';
import { linear, quarters, roundTop, ticks } from '../charts/scale.ts';
import { iconParts } from './icons.ts';
import { safeHref, slug } from './markdown.ts';
import { thumbnail } from './thumbnail.ts';

describe('links in texts', () => {
  it('lead to pages only, never to code', () => {
    expect(safeHref('https://example.com/a')).toBe('https://example.com/a');
    expect(safeHref('/data')).toBe('/data');
    expect(safeHref('javascript:alert(1)')).toBeNull();
    expect(safeHref('JaVaScRiPt:alert(1)')).toBeNull();
    expect(safeHref('data:text/html,x')).toBeNull();
    expect(safeHref('//example.com')).toBeNull();
  });

  it('find codes by their anchor', () => {
    expect(slug('column_missing')).toBe('column_missing');
    expect(slug('Column missing')).toBe('column-missing');
  });
});

describe('names of assets', () => {
  it('come from file names', () => {
    expect(assetName('Telco churn.csv')).toBe('telco-churn');
    expect(assetName('Città di Forlì.parquet')).toBe('citta-di-forli');
    expect(assetName('orders.csv.gz')).toBe('orders');
    expect(assetName('…')).toBe('untitled');
  });
});

describe('axes', () => {
  it('has round ticks, at most as many as asked', () => {
    expect(ticks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(ticks(0, 300, 5)).toEqual([0, 100, 200, 300]);
    expect(ticks(5, 5)).toEqual([5]);
    expect(roundTop(294)).toBe(300);
    expect(roundTop(5, true)).toBe(8);
    for (let value = 1; value <= 1_000; value += 1) expect(quarters(roundTop(value, true)).every(Number.isInteger)).toBe(true);
    expect(roundTop(0)).toBe(1);
  });

  it('draws a domain without width in the middle', () => {
    expect(linear(3, 3, 0, 100)(3)).toBe(50);
    expect(linear(0, 10, 0, 100)(5)).toBe(50);
  });
});

describe('thumbnails', () => {
  it('keep every card inside the picture', () => {
    const outline = {
      nodes: [
        { id: 'a', type: 'x', x: -400, y: 0 },
        { id: 'b', type: 'x', x: 900, y: 2000 },
      ],
      edges: [
        { from: 'a', to: 'b' },
        { from: 'a', to: 'gone' },
      ],
    };
    const drawing = thumbnail(outline, 288, 104, () => 'data');
    expect(drawing.edges).toHaveLength(1);
    for (const node of drawing.nodes) {
      expect(node.x).toBeGreaterThanOrEqual(0);
      expect(node.x + drawing.cardWidth).toBeLessThanOrEqual(288);
      expect(node.y + drawing.cardHeight).toBeLessThanOrEqual(104);
    }
  });

  it('stand an empty pipeline', () => {
    expect(thumbnail({ nodes: [], edges: [] }, 288, 104, () => 'data').nodes).toEqual([]);
  });
});

describe('icons', () => {
  it('give a ring for a name that no one knows', () => {
    expect(iconParts('constructor')).toEqual(iconParts('ring'));
    expect(iconParts('dataset')).not.toEqual(iconParts('ring'));
  });
});
