import type { Trainer } from './kit/context.ts';

/** The training algorithm of each learner by its node type, loaded when a step first needs it. */
export const trainers: Readonly<Record<string, () => Promise<{ default: Trainer }>>> = {};
