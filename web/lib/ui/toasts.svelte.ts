import { getContext, setContext } from 'svelte';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'good' | 'bad' | 'plain';
  readonly action?: { readonly label: string; readonly href?: string; readonly run?: () => void };
}

const KEY = Symbol('toasts');
const SECONDS = 6;

/** Short words about what just happened. They are spoken politely and go away by themselves; failures stay until closed. */
export class Toasts {
  items = $state.raw<readonly Toast[]>([]);
  #next = 1;

  show(text: string, options: Partial<Pick<Toast, 'tone' | 'action'>> = {}): void {
    const toast: Toast = { id: this.#next++, text, tone: options.tone ?? 'good', action: options.action };
    this.items = [...this.items.slice(-3), toast];
    if (toast.tone !== 'bad') setTimeout(() => this.close(toast.id), SECONDS * 1000);
  }

  /** Says why something did not work. */
  fail(error: unknown): void {
    this.show(error instanceof Error ? error.message : String(error), { tone: 'bad' });
  }

  close(id: number): void {
    this.items = this.items.filter((toast) => toast.id !== id);
  }
}

export const provideToasts = (): Toasts => setContext(KEY, new Toasts());
export const useToasts = (): Toasts => getContext<Toasts>(KEY);
