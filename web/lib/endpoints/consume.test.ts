import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bodyText, snippet, triggerCurl, type Row } from './consume.ts';

const row: Row = { tenure: 2, contract: 'it\'s "Month-to-month"', 'monthly charges': 84.5, partner: null, senior: true, città: 'Forlì' };
const call = { origin: 'http://127.0.0.1:3000', path: '/api/v1/endpoints/telco-churn/score', key: 'mwk_abc', row };

/** What a POSIX shell makes of the command: its words, by letting one print them. */
function shellWords(command: string): string[] {
  const script = command.replace(/^curl/, `printf '%s\\0'`);
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('curl', () => {
  it('sends the rows as JSON, whatever they hold', () => {
    const words = shellWords(snippet('curl', call));
    expect(words[0]).toBe('http://127.0.0.1:3000/api/v1/endpoints/telco-churn/score');
    expect(words).toContain('Authorization: Bearer mwk_abc');
    expect(JSON.parse(words[words.indexOf('-d') + 1]!)).toEqual([row]);
  });

  it('survives any text in names and values', () => {
    const text = fc.string({ maxLength: 12, unit: 'grapheme' }).filter((value) => !value.includes('\0') && value !== '__proto__');
    fc.assert(
      fc.property(fc.dictionary(text, text, { noNullPrototype: true, maxKeys: 4 }), (values) => {
        const words = shellWords(snippet('curl', { ...call, row: values }));
        expect(JSON.parse(words[words.indexOf('-d') + 1]!)).toEqual([values]);
      }),
      { numRuns: 25 },
    );
  });
});

describe('TypeScript', () => {
  it('holds the same rows and the address', () => {
    const code = snippet('typescript', call);
    const rows = /^const rows = ([\s\S]*?);\n/.exec(code)?.[1];
    expect(JSON.parse(rows!)).toEqual([row]);
    expect(code).toContain('fetch("http://127.0.0.1:3000/api/v1/endpoints/telco-churn/score"');
    expect(code).toContain('"Bearer mwk_abc"');
  });
});

describe('Python', () => {
  it('writes Python’s own literals', () => {
    const code = snippet('python', call);
    expect(code).toContain('"partner": None,');
    expect(code).toContain('"senior": True,');
    expect(code).toContain(`"contract": "it's \\"Month-to-month\\"",`);
    expect(code).not.toMatch(/\b(null|true|false)\b/);
  });
});

describe('bodies', () => {
  it('stays JSON for a row without columns', () => {
    expect(JSON.parse(bodyText({}))).toEqual([{}]);
  });

  it('starts a trigger’s run', () => {
    const words = shellWords(triggerCurl('http://127.0.0.1:3000', '/api/v1/triggers/1/runs', 'mwt_1', { seed: 1 }).replace('-X POST ', ''));
    expect(JSON.parse(words.at(-1)!)).toEqual({ parameters: { seed: 1 } });
  });
});
