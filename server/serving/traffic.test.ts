import { describe, expect, it } from 'vitest';
import { RollingWindow, Traffic } from './traffic.ts';

describe('traffic', () => {
  it('gives quantiles within 5 %, split into waiting and work, also over saving', () => {
    const counted = new Traffic();
    for (let ms = 1; ms <= 100; ms++) counted.answered({ rows: 2, total: ms, queue: ms / 10, compute: ms / 2 });
    counted.failed(true);
    counted.failed(false);
    const { figures } = new Traffic().add(JSON.parse(JSON.stringify(counted)));
    expect(figures).toMatchObject({ requests: 102, refused: 1, errors: 1, rows: 200, shadow: null });
    const near = (value: number | null, wanted: number) => expect(Math.abs(value! / wanted - 1)).toBeLessThan(0.05);
    near(figures.p50, 50);
    near(figures.p99, 99);
    near(figures.queue.p50, 5);
    near(figures.compute.p95, 47.5);
    expect(new Traffic().figures).toMatchObject({ requests: 0, p50: null, queue: { p95: null } });
  });

  it('tells how a shadow agreed', () => {
    const counted = new Traffic();
    counted.compared = 8;
    counted.equal = 6;
    counted.difference = 2;
    expect(counted.figures.shadow).toEqual({ compared: 8, equalShare: 0.75, meanDifference: 0.25 });
  });
});

describe('a rolling window', () => {
  it('forgets what is older than its length', () => {
    const window = new RollingWindow(60);
    const start = Date.UTC(2026, 0, 1);
    for (let index = 0; index < 10; index++) window.add(start + index, index < 4 ? null : 20);
    const { requests, errors, p95 } = window.recent(start + 30_000);
    expect([requests, errors]).toEqual([10, 4]);
    expect(Math.abs(p95! / 20 - 1)).toBeLessThan(0.05);
    expect(window.recent(start + 61_000)).toEqual({ requests: 0, errors: 0, p95: null });
    window.add(start + 61_000, 5);
    expect(window.recent(start + 61_000).requests).toBe(1);
  });
});
