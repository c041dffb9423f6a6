import type { MemoryNeed, Trainer, TrainingShape, UnsupervisedTrainer } from '../kit/context.ts';
import type { Learner } from '../kit/kinds.ts';
import { isTextual, type ColumnSchema } from '../kit/table.ts';
import { requireMemory } from '../kernels/memory.server.ts';

/** A training that is to come. */
export interface Planned {
  /** What it takes beside the table. */
  memory(shape: TrainingShape): MemoryNeed | Promise<MemoryNeed>;
  /** Each training is given a copy of so great a share of the rows; without it of none, but the table itself. */
  readonly copied?: number;
}

/** The training of a learner by its trainer. */
export const planned = (trainer: Trainer | UnsupervisedTrainer, { params }: Learner, copied?: number): Planned => ({
  memory: (shape) => trainer.memory(shape, { ...params }),
  copied,
});

const NUMBER_BYTES = 8;
/** A text is seldom the only one of its kind: a reference, and a share of the letters. */
const TEXT_BYTES = 24;
const ADVICE = 'Use fewer columns, by Select Columns, or a part of the rows, by Partition and Sample.';

/** Refuses a table that does not fit, or not with what is to be done with it, before any of it is read. Throws NodeError `memory_exhausted`. */
export async function requireTraining(features: readonly ColumnSchema[], rowCount: number, training?: Planned): Promise<void> {
  const cells = features.reduce((sum, { type }) => sum + (isTextual(type) ? TEXT_BYTES : NUMBER_BYTES), 0) * rowCount;
  const size = `${rowCount.toLocaleString('en-US')} rows × ${features.length.toLocaleString('en-US')} columns`;
  if (!training) return requireMemory(cells, `A table of ${size}`, { limit: Infinity, advice: ADVICE });
  const { copied = 0 } = training;
  const shape = { rowCount: Math.floor(rowCount * (copied || 1)), columnCount: features.length };
  const { bytes, limit, advice = ADVICE } = await training.memory(shape);
  const what = `Training on ${size}`;
  requireMemory(cells + copied * cells + bytes, what, { limit: Infinity, advice });
  requireMemory(bytes, what, { limit, advice });
}
