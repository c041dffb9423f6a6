import { NodeError } from '#nodes/kit/issues.ts';
import type { Toolbox } from './step-context.ts';

/** Trainers and ONNX Runtime, loaded when a step first needs them. */
export function createToolbox(): Toolbox {
  return {
    async trainer(learner) {
      const { trainers } = await import('#nodes/trainers.server.ts');
      return load(trainers, learner);
    },
    async unsupervisedTrainer(learner) {
      const { unsupervisedTrainers } = await import('#nodes/trainers.server.ts');
      return load(unsupervisedTrainers, learner);
    },
    async onnx(threads) {
      const { createOnnxRunner } = await import('#nodes/kit/onnx/session.server.ts');
      return createOnnxRunner({ threads });
    },
  };
}

async function load<T>(register: Readonly<Record<string, () => Promise<{ default: T }>>>, learner: string): Promise<T> {
  const module = Object.hasOwn(register, learner) ? register[learner] : undefined;
  if (!module) throw new NodeError('learner_wrong_task', `There is no trainer for “${learner}” here.`);
  return (await module()).default;
}
