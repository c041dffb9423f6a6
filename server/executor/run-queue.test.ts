import { expect, test } from 'vitest';
import { RunQueue } from './run-queue.ts';

const run = (number: number, pipelineId: string, priority = 0) => ({ id: String(number), number, pipelineId, priority });

/** Takes all runs in turn, with those of a pipeline under way growing. */
function drain(queue: RunQueue): number[] {
  const underWay = new Map<string, number>();
  const order: number[] = [];
  for (let next = queue.first((id) => underWay.get(id) ?? 0); next; next = queue.first((id) => underWay.get(id) ?? 0)) {
    underWay.set(next.pipelineId, (underWay.get(next.pipelineId) ?? 0) + 1);
    order.push(next.number);
    queue.remove(next.id);
  }
  return order;
}

test('a pipeline with many runs does not hold up another, and the places say the order', () => {
  const queue = new RunQueue();
  for (const each of [run(1, 'flood'), run(2, 'flood'), run(3, 'flood'), run(4, 'other'), run(5, 'flood'), run(6, 'other')]) queue.add(each);
  const places = Object.fromEntries([1, 2, 3, 4, 5, 6].map((number) => [number, queue.placeOf(String(number))]));
  expect(places).toEqual({ 1: 1, 4: 2, 2: 3, 6: 4, 3: 5, 5: 6 });
  expect(drain(queue)).toEqual([1, 4, 2, 6, 3, 5]);
  expect(queue.size).toBe(0);
});

test('a higher priority goes before all that is lower', () => {
  const queue = new RunQueue();
  for (const each of [run(1, 'a'), run(2, 'b', -1), run(3, 'c', 5), run(4, 'a', 5)]) queue.add(each);
  expect(queue.placeOf('2')).toBe(4);
  expect(drain(queue)).toEqual([3, 4, 1, 2]);
});

test('what was taken out is passed over', () => {
  const queue = new RunQueue();
  for (const each of [run(1, 'a'), run(2, 'a')]) queue.add(each);
  queue.remove('1');
  queue.remove('1');
  expect(queue.placeOf('1')).toBeNull();
  expect(queue.placeOf('2')).toBe(1);
  expect(drain(queue)).toEqual([2]);
});
