import { expect, it } from 'vitest';
import { Loading, Pages } from './loading.svelte.ts';

it('what is taken in stays, though an answer to an earlier question comes after it', async () => {
  const asked: ((value: string) => void)[] = [];
  const loading = new Loading<string>();
  const early = loading.load(() => new Promise((answer) => asked.push(answer)));
  loading.take('changed');
  expect([loading.value, loading.busy]).toEqual(['changed', false]);
  asked[0]!('as it was');
  expect(await early).toBeNull();
  expect(loading.value).toBe('changed');
  const next = loading.load(async () => 'read again');
  expect(await next).toBe('read again');
  expect(loading.value).toBe('read again');
});

it('what is taken out of a list does not come back with a page that was being read', async () => {
  const asked: ((page: { items: number[]; nextCursor: string | null }) => void)[] = [];
  const pages = new Pages<number>(() => new Promise((answer) => asked.push(answer)));
  const first = pages.restart();
  asked[0]!({ items: [1, 2], nextCursor: 'more' });
  await first;
  const next = pages.next();
  pages.drop((item) => item === 2 || item === 3);
  expect(pages.items).toEqual([1]);
  asked[1]!({ items: [3, 4], nextCursor: null });
  await next;
  expect(pages.items).toEqual([1, 4]);
  const anew = pages.restart();
  asked[2]!({ items: [2, 1], nextCursor: null });
  await anew;
  expect(pages.items).toEqual([2, 1]);
});
