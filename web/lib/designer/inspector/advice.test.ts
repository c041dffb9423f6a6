import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { adviceOf } from './advice.ts';

const page = readFileSync(new URL('../../../../docs/errors.md', import.meta.url), 'utf8');
const codes = [...page.matchAll(/^## (\S+)$/gm)].map(([, code]) => code!);

test.each(codes)('%s says what to do', (code) => expect(adviceOf(page, code)).toMatch(/^\p{Lu}.*\.$/u));
test('an unknown code has none', () => expect([adviceOf(page, 'no_such'), adviceOf('', 'column_missing')]).toEqual([null, null]));
