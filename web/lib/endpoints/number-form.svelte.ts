import { figure } from '../format.ts';

/** A number that a person sets: what it means, its bounds, and what counts without a choice. Values are as people write them. */
export interface NumberSetting<K extends string = string> {
  readonly name: K;
  readonly title: string;
  readonly help: string;
  readonly unit?: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly whole?: boolean;
  /** An empty field is a choice too, and means this. */
  readonly empty?: string;
  readonly standard: number | null;
  /** What one unit of the field is for the server, such as 0.01 for percent. */
  readonly factor?: number;
}
export type NumberValues<K extends string> = Record<K, number | null>;

/** What is wrong with the text of a field, or null. */
export function numberError({ minimum, maximum, whole, empty }: NumberSetting, text: string): string | null {
  if (text.trim() === '') return empty === undefined ? `A number from ${figure(minimum)} to ${figure(maximum)}` : null;
  const value = Number(text);
  if (!Number.isFinite(value)) return 'Not a number';
  if (whole && !Number.isInteger(value)) return 'Not a whole number';
  return value < minimum || value > maximum ? `From ${figure(minimum)} to ${figure(maximum)}` : null;
}

/** The words right of a field's label: what counts by default. */
export function standardWords({ standard, unit, empty }: NumberSetting): string {
  if (standard === null) return `default: ${empty}`;
  return `default ${figure(standard)}${unit ? ` ${unit}` : ''}`;
}

const textOf = ({ factor = 1 }: NumberSetting, value: number | null): string => (value === null ? '' : String(Number((value / factor).toPrecision(12))));

/** Numbers that a person is changing, checked as they type. */
export class NumberForm<K extends string> {
  readonly settings: readonly NumberSetting<K>[];
  /** By the names of settings. */
  texts = $state<Record<string, string>>({});
  #before = $state.raw<Record<string, string>>({});

  constructor(settings: readonly NumberSetting<K>[], values?: Readonly<Partial<NumberValues<K>>>) {
    this.settings = settings;
    this.take(values ?? ({} as Partial<NumberValues<K>>));
  }

  /** Shows these values; what is not among them has its default. */
  take(values: Readonly<Partial<NumberValues<K>>>): void {
    this.#before = Object.fromEntries(
      this.settings.map((each) => [
        each.name,
        each.name in values ? textOf(each, values[each.name] ?? null) : each.standard === null ? '' : String(each.standard),
      ]),
    );
    this.texts = { ...this.#before };
  }

  readonly errors = $derived.by((): Record<string, string> => {
    const found = this.settings.map((each) => [each.name, numberError(each, this.texts[each.name] ?? '')] as const);
    return Object.fromEntries(found.flatMap(([name, error]) => (error === null ? [] : [[name, error]])));
  });
  readonly valid = $derived(Object.keys(this.errors).length === 0);
  readonly changed = $derived(Object.keys(this.#before).some((name) => (this.texts[name] ?? '').trim() !== this.#before[name]));
  /** As the server takes them; only while `valid`. */
  readonly values = $derived.by((): NumberValues<K> => {
    const of = ({ name, factor = 1 }: NumberSetting<K>): number | null => {
      const text = (this.texts[name] ?? '').trim();
      return text === '' ? null : Number((Number(text) * factor).toPrecision(12));
    };
    return Object.fromEntries(this.settings.map((each) => [each.name, of(each)])) as NumberValues<K>;
  });
}
