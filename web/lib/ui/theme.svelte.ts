import { getContext, setContext } from 'svelte';

export type ThemeChoice = 'system' | 'light' | 'dark';
const CONTEXT = Symbol('theme');
const STORAGE = 'modelwright.theme';

/** Light or dark: what the person chose, else what the system prefers. Shares its storage key with static/theme.js. */
export class Theme {
  choice = $state<ThemeChoice>('system');
  #systemDark = $state(false);
  readonly dark = $derived(this.choice === 'dark' || (this.choice === 'system' && this.#systemDark));

  /** Reads what was chosen and follows the system; gives the function that stops following. */
  start(): () => void {
    const stored = this.#read();
    if (stored === 'light' || stored === 'dark') this.choice = stored;
    const media = matchMedia('(prefers-color-scheme: dark)');
    const follow = (): void => {
      this.#systemDark = media.matches;
    };
    follow();
    media.addEventListener('change', follow);
    return () => media.removeEventListener('change', follow);
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    try {
      if (choice === 'system') localStorage.removeItem(STORAGE);
      else localStorage.setItem(STORAGE, choice);
    } catch {
      // Storage may be refused; the choice then lasts until the page closes.
    }
  }

  toggle(): void {
    this.choose(this.dark ? 'light' : 'dark');
  }

  #read(): string | null {
    try {
      return localStorage.getItem(STORAGE);
    } catch {
      return null;
    }
  }
}

export const provideTheme = (): Theme => setContext(CONTEXT, new Theme());
export const useTheme = (): Theme => getContext<Theme>(CONTEXT);
