import { describe, expect, it } from 'vitest';
import { rank, type Found } from './palette.ts';

const entry = (title: string, also?: string): Found => ({ key: title, title, icon: undefined, also, run: () => undefined });
const groups = [
  { title: 'Commands', entries: [entry('Run all', 'Run'), entry('Undo'), entry('Clean up the canvas')] },
  { title: 'On the canvas', entries: [entry('Clean Missing Data'), entry('Train Model')] },
  { title: 'Add a node', entries: [entry('Two-Class Logistic Regression', 'classification lr'), entry('Clean Missing Data')] },
  { title: 'Pages', entries: [entry('Runs'), entry('Models')] },
];
const found = (typed: string): string[] => rank(groups, typed).map(({ title, entries }) => `${title}: ${entries.map((each) => each.title).join(', ')}`);

describe('what Ctrl+K finds', () => {
  it('gives everything in its groups while nothing is typed', () => {
    expect(rank(groups, ' ').map(({ title }) => title)).toEqual(['Commands', 'On the canvas', 'Add a node', 'Pages']);
  });

  it('puts the group with the best fit first, and keeps the order where groups fit equally', () => {
    expect(found('model')).toEqual(['Pages: Models', 'On the canvas: Train Model']);
    expect(found('clean')).toEqual(['Commands: Clean up the canvas', 'On the canvas: Clean Missing Data', 'Add a node: Clean Missing Data']);
    expect(found('clean missing')).toEqual(['On the canvas: Clean Missing Data', 'Add a node: Clean Missing Data']);
  });

  it('finds by other words than the title, after all that is called so', () => {
    expect(found('classification')).toEqual(['Add a node: Two-Class Logistic Regression']);
  });

  it('forgives a letter, and finds nothing for what nothing is called', () => {
    expect(found('modles')).toEqual(['Pages: Models']);
    expect(found('zebra')).toEqual([]);
  });

  it('shows at most 8 of a group', () => {
    const many = { title: 'Pages', entries: Array.from({ length: 30 }, (_, at) => entry(`Page ${at}`)) };
    expect(rank([many], 'page')[0]!.entries).toHaveLength(8);
  });
});
