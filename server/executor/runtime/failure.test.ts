import { expect, test } from 'vitest';
import { NodeError } from '#nodes/kit/issues.ts';
import { failureOf } from './failure.ts';

test('a full disk is told as such, however it is met', () => {
  const duck = new Error('IO Error: Could not write file "output-1.parquet": No space left on device');
  const node = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  for (const error of [duck, node, new NodeError('data_unparsable', `The file cannot be read as CSV: ${duck.message}`, { cause: duck })])
    expect(failureOf(error)).toMatchObject({ code: 'disk_full', message: expect.stringContaining('make room') as string });
});

test('a text of the user is not mistaken for one', () => {
  expect(failureOf(new NodeError('column_missing', 'There is no column "No space left on device".')).code).toBe('column_missing');
});
