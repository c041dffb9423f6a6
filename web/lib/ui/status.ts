import type { Status } from '#pipelines/events.ts';
import type { IconName } from './icons.ts';

/** How a state is shown: icon and word first, colour second. */
export interface StatusFace {
  readonly icon: IconName;
  readonly word: string;
  readonly tone: 'good' | 'bad' | 'busy' | 'quiet' | 'warn';
}

const FACES: Readonly<Record<Status, StatusFace>> = {
  queued: { icon: 'queued', word: 'Queued', tone: 'quiet' },
  running: { icon: 'running', word: 'Running', tone: 'busy' },
  cancelling: { icon: 'running', word: 'Cancelling', tone: 'busy' },
  succeeded: { icon: 'ok', word: 'Succeeded', tone: 'good' },
  failed: { icon: 'fail', word: 'Failed', tone: 'bad' },
  crashed: { icon: 'crashed', word: 'Crashed', tone: 'bad' },
  cancelled: { icon: 'x', word: 'Cancelled', tone: 'quiet' },
  skipped: { icon: 'skipped', word: 'Skipped', tone: 'quiet' },
  reused: { icon: 'reused', word: 'Reused', tone: 'quiet' },
};
const SERVING: Readonly<Record<string, StatusFace>> = {
  starting: { icon: 'running', word: 'Starting', tone: 'busy' },
  serving: { icon: 'ok', word: 'Serving', tone: 'good' },
  idle: { icon: 'pause', word: 'Asleep', tone: 'quiet' },
  failed: { icon: 'fail', word: 'Failed', tone: 'bad' },
  stopped: { icon: 'pause', word: 'Stopped', tone: 'quiet' },
  paused: { icon: 'pause', word: 'Paused', tone: 'warn' },
};
const NOT_RUN: StatusFace = { icon: 'none', word: 'Not run', tone: 'quiet' };

/** The face of a run's or step's state; null = never run. */
export const statusFace = (status: Status | null | undefined): StatusFace => (status ? FACES[status] : NOT_RUN);
/** The face of an endpoint's or deployment's state. */
export const servingFace = (state: string): StatusFace => SERVING[state] ?? { icon: 'none', word: state, tone: 'quiet' };
