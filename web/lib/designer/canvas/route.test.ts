import { describe, expect, it } from 'vitest';
import { BoxGrid } from './box-grid.ts';
import { corners, roundedPath, routeWires, wireAt } from './route.ts';

const card = (x: number, y: number) => ({ x, y, width: 216, height: 72 });

describe('corners', () => {
  it('goes straight down one spine', () => {
    expect(corners({ x: 16, y: 72 }, { x: 16, y: 104 }, new BoxGrid([card(0, 0), card(0, 104)]))).toHaveLength(2);
  });

  it('turns half-way between neighbouring levels', () => {
    const points = corners({ x: 16, y: 72 }, { x: 300, y: 104 }, new BoxGrid([card(0, 0), card(284, 104)]));
    expect(points.map((each) => each.y)).toEqual([72, 88, 88, 104]);
  });

  it('does not run through a card that stands between', () => {
    const boxes = [card(0, 0), card(0, 104), card(0, 208)];
    const points = corners({ x: 16, y: 72 }, { x: 16, y: 208 }, new BoxGrid(boxes));
    expect(points.length).toBeGreaterThan(2);
    for (let index = 1; index < points.length; index += 1) {
      const [a, b] = [points[index - 1]!, points[index]!];
      if (a.x === b.x && Math.min(a.y, b.y) < 176 && Math.max(a.y, b.y) > 104) expect(a.x < 0 || a.x > 216).toBe(true);
    }
  });

  it('leads upwards around the cards', () => {
    const points = corners({ x: 16, y: 272 }, { x: 300, y: 0 }, new BoxGrid([card(0, 200), card(284, 0)]));
    expect(points.at(-2)!.y).toBeLessThan(0);
    expect(points[1]!.y).toBeGreaterThan(272);
  });
});

describe('routeWires', () => {
  const boxes = [card(0, 0), card(284, 0), card(0, 104), card(284, 104)];

  it('keeps level stretches of two outputs 12 px apart where they overlap', () => {
    const routes = routeWires(
      [
        { id: 'a', source: '1', from: { x: 16, y: 72 }, to: { x: 340, y: 104 } },
        { id: 'b', source: '2', from: { x: 300, y: 72 }, to: { x: 16, y: 104 } },
      ],
      boxes,
    );
    expect(Math.abs(routes.get('a')!.label.y - routes.get('b')!.label.y)).toBe(12);
  });

  it('keeps a wire that leaves off one that enters in the same column', () => {
    const routes = routeWires(
      [
        { id: 'model', source: '1', from: { x: 300, y: 72 }, to: { x: 16, y: 104 } },
        { id: 'data', source: '2', from: { x: 16, y: 72 }, to: { x: 56, y: 104 } },
      ],
      boxes,
    );
    expect(routes.get('data')!.label.y).toBeLessThan(routes.get('model')!.label.y);
  });

  it('lets wires of one output share a lane', () => {
    const routes = routeWires(
      [
        { id: 'a', source: '1', from: { x: 16, y: 72 }, to: { x: 340, y: 104 } },
        { id: 'b', source: '1', from: { x: 16, y: 72 }, to: { x: 300, y: 104 } },
      ],
      boxes,
    );
    expect(routes.get('a')!.label.y).toBe(routes.get('b')!.label.y);
  });
});

describe('wireAt', () => {
  const routes = routeWires([{ id: 'a', source: '1', from: { x: 16, y: 72 }, to: { x: 300, y: 104 } }], [card(0, 0), card(284, 104)]);

  it('finds the wire that runs past a point', () => {
    expect(wireAt(routes, { x: 150, y: 93 }, 8)).toBe('a');
    expect(wireAt(routes, { x: 20, y: 76 }, 8)).toBe('a');
  });

  it('finds none away from all', () => {
    expect(wireAt(routes, { x: 150, y: 100 }, 8)).toBeNull();
    expect(wireAt(routes, { x: 320, y: 88 }, 8)).toBeNull();
  });
});

describe('roundedPath', () => {
  it('rounds corners and never past half a stretch', () => {
    expect(
      roundedPath([
        { x: 0, y: 0 },
        { x: 0, y: 8 },
        { x: 40, y: 8 },
      ]),
    ).toBe('M0 0L0 4Q0 8 4 8L40 8');
  });
});
