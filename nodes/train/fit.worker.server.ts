import { parentPort, workerData } from 'node:worker_threads';
import { NodeError } from '../kit/issues.ts';
import { trainers } from '../trainers.server.ts';
import { fitHere, type FitAnswer, type FitRequest, type FitWork } from './fit-pool.server.ts';

/** A thread of a FitPool: trains one model after the other on the rows that it was started with, until it is ended. */
const work = workerData as FitWork;
const { default: trainer } = await trainers[work.learner]!();
const never = new AbortController().signal;
const PROGRESS_MILLISECONDS = 100;

parentPort!.on('message', ({ task, ...wanted }: FitRequest) => {
  const answer = (said: FitAnswer) => parentPort!.postMessage(said);
  let told = 0;
  const progress = (fraction: number) => {
    if (performance.now() - told < PROGRESS_MILLISECONDS) return;
    told = performance.now();
    answer({ task, progress: fraction });
  };
  fitHere(trainer, work, wanted, never, progress).then(
    (fit) => answer({ task, fit }),
    (error: unknown) => {
      const known = error instanceof NodeError;
      const message = error instanceof Error ? error.message : String(error);
      answer({ task, failure: { code: known ? error.code : null, message, param: known ? error.param : undefined } });
    },
  );
});
