import { describe, expect, it } from 'vitest';
import { Readmes, sectionOf } from './readmes.ts';

describe('sectionOf', () => {
  const text = '# Sort\n\n## Summary\nPuts rows in order.\n\n## Example\nSort by `age`.\n\n### More\nAnd so on.\n\n## Limits\nNone.';
  it('takes what stands below a heading, with the smaller headings in it', () => {
    expect(sectionOf(text, 'summary')).toBe('Puts rows in order.');
    expect(sectionOf(text, 'Example')).toBe('Sort by `age`.\n\n### More\nAnd so on.');
    expect(sectionOf(text, 'Limits')).toBe('None.');
    expect(sectionOf(text, 'Ports')).toBe('');
  });
});

describe('Readmes', () => {
  it('reads each once, and again what failed', async () => {
    const asked: string[] = [];
    const readmes = new Readmes((type) => {
      asked.push(type);
      return asked.length === 1 ? Promise.reject(new Error('no network')) : Promise.resolve(type.toUpperCase());
    });
    await expect(readmes.of('sort')).rejects.toThrow('no network');
    expect(await readmes.of('sort')).toBe('SORT');
    expect(await readmes.of('sort')).toBe('SORT');
    expect(asked).toEqual(['sort', 'sort']);
  });
});
