import type { LoadPlan } from '../api-load-test.ts';
import { plural } from '../format.ts';

const LONGEST = 300;
const MOST = { clients: 512, rate: 20_000 } as const;
export const STANDARD_STEPS = { clients: '1, 2, 4, 8, 16, 32', rate: '100, 250, 500, 1000, 2000' } as const;

/** Numbers that are parted by commas or spaces. */
export const stepsOf = (text: string): number[] =>
  text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number);

/** What is wrong with the steps, or null. */
export function stepsError(by: LoadPlan['by'], text: string): string | null {
  const steps = stepsOf(text);
  if (steps.length === 0) return 'At least one number';
  if (steps.length > 12) return 'At most 12 steps';
  return steps.every((each) => Number.isInteger(each) && each >= 1 && each <= MOST[by]) ? null : `Whole numbers from 1 to ${MOST[by].toLocaleString('en-US')}`;
}

export const wholeError = (text: string, most: number): string | null =>
  /^\d+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most ? null : `A whole number from 1 to ${most.toLocaleString('en-US')}`;

/** What is wrong with the length of all steps together, or null. */
export const lengthError = (steps: number, seconds: number): string | null =>
  steps * seconds > LONGEST ? `${steps} steps of ${seconds} s are longer than ${LONGEST} s` : null;

export const loadWords = (by: LoadPlan['by'], load: number): string => (by === 'clients' ? plural(load, 'client') : `${load.toLocaleString('en-US')}/s`);
