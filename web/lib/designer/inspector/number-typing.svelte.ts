import { valueWords } from '#pipelines/value-words.ts';
import type { z } from 'zod';
import { rangeWords } from './field-hint.ts';

/** A number as people write it: with a point or a comma before the fraction, and commas between thousands; NaN for anything else. */
export function readNumber(text: string): number {
  const plain = text.trim().replace(/^−/, '-');
  if (plain === '') return NaN;
  if (/^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain) && !/^-?0,/.test(plain)) return Number(plain.replaceAll(',', ''));
  return Number(plain.replace(',', '.'));
}

interface NumberPlace {
  readonly value: unknown;
  readonly schema: z.ZodType;
  readonly onchange: (value: number) => void;
}

/** What is typed into a field for a number. A legal number is taken at once; anything else stays, with the reason, until it is mended or given up. */
export class NumberTyping {
  #typed = $state<string | null>(null);
  #wrong = $state<string | null>(null);
  readonly #place: () => NumberPlace;

  constructor(place: () => NumberPlace) {
    this.#place = place;
  }

  get text(): string {
    const { value } = this.#place();
    return this.#typed ?? (value == null ? '' : String(value));
  }

  /** Why it is not taken, what would be, and what counts meanwhile; null when it is taken. */
  get wrong(): string | null {
    return this.#wrong;
  }

  type(text: string): void {
    this.#typed = text;
    const { value, schema, onchange } = this.#place();
    const number = readNumber(text);
    const parsed = schema.safeParse(Number.isFinite(number) ? number : undefined);
    if (parsed.success && Number.isFinite(number)) {
      this.#wrong = null;
      onchange(number);
      return;
    }
    const range = rangeWords(schema);
    const allowed = Number.isFinite(number) && parsed.error ? valueWords(parsed.error.issues[0]!) : `Type a number${range ? `, ${range}` : ''}.`;
    this.#wrong = typeof value === 'number' ? `${allowed} Until then ${value} counts.` : allowed;
  }

  /** The arrow keys. */
  step(by: number): void {
    const next = Math.round((readNumber(this.text) + by) * 1e9) / 1e9;
    if (this.#place().schema.safeParse(next).success) this.type(String(next));
  }

  /** The field is left: what is wrong stays in sight. */
  leave(): void {
    if (this.#wrong === null) this.#typed = null;
  }

  giveUp(): void {
    this.#typed = null;
    this.#wrong = null;
  }
}
