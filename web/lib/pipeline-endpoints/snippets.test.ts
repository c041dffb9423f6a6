import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '#web/lib/program-text.ts';
import { snippet } from './snippets.ts';

describe('a program that starts a run', () => {
  const call = { url: 'http://localhost/x', token: 'mwt_t', parameters: { text: `it's “so”\n` } };
  it.each(LANGUAGES.map(({ value }) => value))('names address and token in %s', (language) => {
    const text = snippet(language, call);
    expect(text).toContain('http://localhost/x');
    expect(text).toContain('mwt_t');
    expect(text).toMatch(/idempotency-key/i);
  });

  it('keeps quotes, line breaks and other letters whole', () => {
    expect(snippet('curl', call)).toContain(`{"parameters":{"text":"it'\\''s “so”\\n"}}`);
    expect(snippet('csharp', call)).toContain(String.raw`it's \u201cso\u201d\\n`);
  });
});
