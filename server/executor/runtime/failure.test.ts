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

test('of a query it is told what people wrote, not what was put around it', () => {
  const wrong = "Conversion Error: Could not convert string 'x' to INT32 when casting from source column b";
  const around = new Error(`${wrong}\n\nLINE 1: COPY (SELECT CAST("n" AS BIGINT) AS "n" FROM (SELECT CAST(b AS INTEGER) AS n FROM t1...\n              ^`);
  expect(failureOf(around)).toEqual({ code: 'column_wrong_type', message: wrong, param: null });
  const own = `Binder Error: There is no column "c"\n\nLINE 2: WHERE c > 1\n              ^`;
  expect(failureOf(new Error(own)).message).toBe(own);
});
