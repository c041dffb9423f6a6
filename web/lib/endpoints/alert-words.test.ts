import { expect, it } from 'vitest';
import { addressesError, addressesOf, deliveryWords } from './alert-words.ts';

it('reads addresses as people write them', () => {
  expect(addressesOf(' a@example.com, b@example.com;c@example.com\nd@example.com ')).toEqual([
    'a@example.com',
    'b@example.com',
    'c@example.com',
    'd@example.com',
  ]);
  expect(addressesOf('')).toEqual([]);
  expect(addressesError('a@example.com b@example.com')).toBeNull();
  expect(addressesError('a@example.com, anna')).toBe('“anna” is no address');
  expect(addressesError('a@example.com, A@example.com')).toBe('An address stands here twice');
  expect(addressesError(Array.from({ length: 11 }, (_, index) => `a${index}@example.com`).join(' '))).toBe('10 addresses at most');
});

it('says what came of each way', () => {
  const sent = { status: 'sent', attempts: 1, code: 250, detail: null } as const;
  expect(deliveryWords({ delivery: null, mail: null })).toEqual([]);
  expect(deliveryWords({ delivery: { ...sent, code: 204 }, mail: { ...sent, detail: 'b@example.com: 550 no' } })).toEqual([
    'Webhook sent (204)',
    'Mail sent (250), but not to b@example.com: 550 no',
  ]);
  expect(deliveryWords({ delivery: null, mail: { status: 'failed', attempts: 3, code: null, detail: 'nobody answers' } })).toEqual([
    'Mail not sent: nobody answers',
  ]);
});
