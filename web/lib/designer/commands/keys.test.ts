import { describe, expect, it } from 'vitest';
import { commands } from './commands.ts';
import { pressed } from './keys.ts';

const key = (name: string, more: Partial<KeyboardEvent> = {}) => ({ key: name, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...more });

describe('pressed', () => {
  it('writes keys the way commands do', () => {
    expect(pressed(key('z', { ctrlKey: true }))).toBe('Mod+Z');
    expect(pressed(key('Z', { metaKey: true, shiftKey: true }))).toBe('Mod+Shift+Z');
    expect(pressed(key('?', { shiftKey: true }))).toBe('?');
    expect(pressed(key(' '))).toBe('Space');
    expect(pressed(key('Enter', { shiftKey: true }))).toBe('Shift+Enter');
  });
});

describe('commands', () => {
  it('have one name each and no key twice', () => {
    const names = commands.map((command) => command.name);
    expect(new Set(names).size).toBe(names.length);
    const keys = commands.flatMap((command) => command.keys);
    expect(keys.filter((each, index) => keys.indexOf(each) !== index)).toEqual([]);
  });
});
