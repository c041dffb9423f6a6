import { describe, expect, it } from 'vitest';
import { RunForm, type FormParameter } from './run-form.svelte.ts';

const parameters: readonly FormParameter[] = [
  { name: 'seed', description: '', present: 42 },
  { name: 'label', description: '', present: 'churn' },
  { name: 'stratified', description: '', present: true },
  { name: 'columns', description: '', present: ['a'] },
];

describe('RunForm', () => {
  it('asks for the whole pipeline and nothing else until told', () => {
    expect(new RunForm({ kind: 'all' }).request(parameters)).toEqual({ scope: { kind: 'all' } });
  });

  it('takes the newest results for a node alone, what still holds otherwise, unless another source is chosen', () => {
    const form = new RunForm({ kind: 'node', node: 'train' });
    expect(form.request([])).toEqual({ scope: { kind: 'node', node: 'train' }, source: { kind: 'last' } });
    form.kind = 'to';
    expect(form.request([]).source).toEqual({ kind: 'current' });
    form.source = 'run';
    expect(() => form.request([])).toThrow('Choose the run');
    form.run = 'r12';
    form.kind = 'from';
    expect(form.request([])).toEqual({ scope: { kind: 'from', node: 'train' }, source: { kind: 'run', run: 'r12' } });
    form.kind = 'all';
    expect(form.request([])).toEqual({ scope: { kind: 'all' } });
  });

  it('carries force, policy and the parameters that were typed, by their types', () => {
    const form = new RunForm({ kind: 'all' });
    form.force = true;
    form.setPolicy({ retries: 2, priority: 3 });
    form.setPolicy({ priority: undefined });
    for (const [name, text] of Object.entries({ seed: ' 7 ', label: 'left', stratified: 'false', columns: '["b"]' })) form.type(name, text);
    expect(form.request(parameters)).toEqual({
      scope: { kind: 'all' },
      force: true,
      policy: { retries: 2 },
      parameters: { seed: 7, label: 'left', stratified: false, columns: ['b'] },
    });
  });

  it('says which parameter cannot be read', () => {
    const form = new RunForm({ kind: 'all' });
    form.type('seed', 'seven');
    expect(() => form.request(parameters)).toThrow('seed: type a number instead of “seven”.');
    form.type('seed', '');
    form.type('stratified', 'perhaps');
    expect(() => form.request(parameters)).toThrow('stratified: type true or false instead of “perhaps”.');
  });
});
