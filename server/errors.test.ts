import { expect, it } from 'vitest';
import type { Logger } from 'pino';
import { AppError, asAppError, logUnexpected } from './errors.ts';

it.each([
  ['a fault of the server', new TypeError('x is undefined'), ['error request failed']],
  ['a client that goes away', Object.assign(new Error('aborted'), { code: 'ECONNRESET' }), ['info request broken off']],
  ['a refusal of our own', new AppError(507, 'The disk is full.'), []],
])('the log tells %s', (_, thrown, told) => {
  const lines: string[] = [];
  const note = (level: string) => (_about: object, message: string) => lines.push(`${level} ${message}`);
  const log = { error: note('error'), info: note('info') } as unknown as Logger;
  logUnexpected(thrown, asAppError(thrown), { requestId: 'r' }, log);
  expect(lines).toEqual(told);
});
