import { NodeError } from '#nodes/kit/issues.ts';
import type { Toolbox } from './step-context.ts';

/** Trainers and ONNX Runtime, loaded when a step first needs them. */
export function createToolbox(): Toolbox {
  return {
    async trainer(learner) {
      const { trainers } = await import('#nodes/trainers.server.ts');
      const load = trainers[learner];
      if (!load) throw new NodeError('learner_wrong_task', `There is no trainer for “${learner}” here.`);
      return (await load()).default;
    },
    async onnx(threads) {
      const { createOnnxRunner } = await import('#nodes/kit/onnx/session.server.ts');
      return createOnnxRunner({ threads });
    },
  };
}
