import { expect, it } from 'vitest';
import { dateLabels } from './date-labels.ts';

const slots = (count: number, hours: number, from = '2026-02-27T23:30:00Z') =>
  Array.from({ length: count }, (_, index) => new Date(Date.parse(from) + index * hours * 3_600_000).toISOString());

it('labels days in the schedule’s zone, as often as there is room', () => {
  expect(dateLabels(slots(10, 24), 'Europe/Berlin')).toEqual([
    { label: '28 Feb', span: 4 },
    { label: '4 Mar', span: 4 },
    { label: '8 Mar', span: 2 },
  ]);
});

it('labels times within a day', () => {
  expect(dateLabels(slots(9, 6), 'UTC')).toEqual([
    { label: '27 Feb', span: 4 },
    { label: '28 Feb', span: 4 },
    { label: '1 Mar', span: 1 },
  ]);
  expect(dateLabels(slots(9, 1, '2026-03-01T05:00:00Z'), 'UTC')).toEqual([
    { label: '1 Mar', span: 4 },
    { label: '09:00', span: 4 },
    { label: '13:00', span: 1 },
  ]);
});

it('names the year where it changes', () => {
  expect(dateLabels(slots(6, 24 * 300), 'UTC')).toEqual([
    { label: '27 Feb', span: 4 },
    { label: '11 Jun 2029', span: 2 },
  ]);
  expect(dateLabels([], 'UTC')).toEqual([]);
});
