import type { Firing } from '../api-types.ts';

export type Tone = 'good' | 'bad' | 'busy' | 'quiet' | 'warn';
const TONES: Readonly<Record<string, Tone>> = { succeeded: 'good', failed: 'bad', crashed: 'bad', cancelled: 'quiet' };
const WORDS: Readonly<Record<Firing['outcome'], string>> = {
  waiting: 'Waits for its turn',
  started: 'Running',
  missed: 'Missed',
  overlapped: 'Skipped',
  refused: 'Could not start',
  dropped: 'Dropped',
};
const RUN_WORDS: Readonly<Record<string, string>> = { succeeded: 'Succeeded', failed: 'Failed', crashed: 'Crashed', cancelled: 'Cancelled' };

/** How a firing stands, as a colour and in words. */
export function outcomeOf({ outcome, runStatus }: Pick<Firing, 'outcome' | 'runStatus'>): { tone: Tone; word: string } {
  if (outcome === 'started')
    return runStatus === null ? { tone: 'busy', word: WORDS.started } : { tone: TONES[runStatus] ?? 'quiet', word: RUN_WORDS[runStatus] ?? runStatus };
  const tone = outcome === 'refused' ? 'bad' : outcome === 'waiting' ? 'busy' : outcome === 'dropped' ? 'quiet' : 'warn';
  return { tone, word: WORDS[outcome] };
}
