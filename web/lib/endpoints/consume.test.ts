import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '#web/lib/program-text.ts';
import { bodyText, PROTOCOLS, snippet, type Row } from './consume.ts';

const row: Row = { tenure: 2, contract: 'it\'s "Month-to-month"', 'monthly charges': 84.5, partner: null, senior: true, città: 'Forlì' };
const call = { origin: 'http://127.0.0.1:3000', endpoint: 'telco-churn', key: 'mwk_abc', row };

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
    const rows = /^const body = ([\s\S]*?);\n/.exec(code)?.[1];
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
});

describe('protocols', () => {
  it.each(PROTOCOLS.map(({ value }) => value))('%s: every language sends the same body to the same address', (protocol) => {
    const words = shellWords(snippet('curl', { ...call, protocol }));
    const body = words[words.indexOf('-d') + 1]!;
    expect(JSON.stringify(JSON.parse(body))).toContain('84.5');
    for (const { value } of LANGUAGES) expect(snippet(value, { ...call, protocol })).toContain(words[0]!);
    const inCsharp = /^var body = (".*");$/m.exec(snippet('csharp', { ...call, protocol }))![1]!;
    expect(JSON.parse(JSON.parse(inCsharp) as string)).toEqual(JSON.parse(body));
  });

  it('sends each column as a tensor by Open Inference, and leaves out what is missing', () => {
    const words = shellWords(snippet('curl', { ...call, protocol: 'open-inference' }));
    const { inputs } = JSON.parse(words.at(-1)!) as { inputs: { name: string; datatype: string; data: unknown[] }[] };
    expect(inputs.map(({ name, datatype }) => `${name} ${datatype}`)).toEqual([
      'tenure FP64',
      'contract BYTES',
      'monthly charges FP64',
      'senior BOOL',
      'città BYTES',
    ]);
  });
});
