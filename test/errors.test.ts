import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ISSUE_CODES } from '#nodes/kit/issues.ts';

const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8');
const sections = new Map([...page.matchAll(/^## (\S+)\n\n([^#]+)/gm)].map(([, code, text]) => [code!, text!.trim()]));

describe('docs/errors.md', () => {
  it('has a section for each code, in the same order, and no other', () => expect([...sections.keys()]).toEqual([...ISSUE_CODES]));

  it.each([...ISSUE_CODES])('says what %s means and what to do', (code) => {
    const [meaning, advice] = (sections.get(code) ?? '').split('**What to do:**');
    expect(meaning!.length).toBeGreaterThan(20);
    expect(advice?.trim().length ?? 0).toBeGreaterThan(15);
  });
});
