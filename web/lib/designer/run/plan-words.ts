import type { PlanStep } from '../../api-types.ts';
import { duration } from '../../format.ts';

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What the next run does with a node, why, and what it took last time; `tried`: it was begun before, so that it cannot be said never to have run. */
export function planSentence({ will, reason, lastMilliseconds }: PlanStep, tried = false): string {
  const why = tried && reason === 'never ran' ? 'it has not succeeded yet' : reason;
  const what = will === 'reuse' ? `The ${reason} is taken again.` : `It will run${why ? `: ${why.replace(/[^.]$/, '$&.')}` : '.'}`;
  return lastMilliseconds === null ? what : `${what} It took ${duration(lastMilliseconds)} last time.`;
}
