import type { Command } from './command.ts';

const isMac = (): boolean => typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

/** A pressed key in the writing of commands, such as `Mod+Shift+Z`, `Delete`, `?`. */
export function pressed(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): string {
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const letter = /^[A-Z]$/.test(key) || key.length > 1;
  const parts = [event.ctrlKey || event.metaKey ? 'Mod' : '', event.altKey ? 'Alt' : '', event.shiftKey && letter ? 'Shift' : '', key];
  return parts.filter(Boolean).join('+');
}

/** Keys as people read them: `Ctrl Shift Z`. */
export function keyText(keys: string): string {
  const names: Readonly<Record<string, string>> = {
    Mod: isMac() ? '⌘' : 'Ctrl',
    Shift: isMac() ? '⇧' : 'Shift',
    Enter: '↵',
    ArrowUp: '↑',
    ArrowDown: '↓',
    ArrowLeft: '←',
    ArrowRight: '→',
    Escape: 'Esc',
    Delete: 'Del',
  };
  return (keys === '+' ? ['+'] : keys.split('+')).map((key) => names[key] ?? key).join(' ');
}

/** The command that a key stands for, of those that may be done there. */
export const commandFor = (commands: readonly Command[], keys: string, onCanvas: boolean): Command | undefined =>
  commands.find((command) => command.keys.includes(keys) && (onCanvas || !command.onCanvas));
