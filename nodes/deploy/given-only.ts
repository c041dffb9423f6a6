import { NodeError } from '../kit/issues.ts';

/** What comes from a training run or from the registry is given to a run as it starts, so there is nothing to carry out. */
export function givenOnly(title: string): never {
  throw new NodeError('data_missing', `${title} was not given to this run. Start it anew, or choose another one.`);
}
