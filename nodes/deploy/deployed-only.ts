import { NodeError } from '../kit/issues.ts';

/** Nodes of an inference pipeline show what an endpoint does; a deployment fuses them into one model, so none runs by itself. */
export function deployedOnly(title: string): never {
  throw new NodeError('scoring_refused', `${title} is part of an inference pipeline, which is deployed, not run. Press Deploy, or run the training pipeline.`);
}
