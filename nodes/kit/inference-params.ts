import * as param from './params.ts';

/** What the nodes of an inference pipeline share: they name a place of the training pipeline, and carry columns as JSON text. */
export const nodeParam = () => param.text({ title: 'Node', help: 'The node of the training pipeline.', default: '', maximum: 64 });
export const portParam = () => param.text({ title: 'Output', help: 'The output of that node.', default: '', maximum: 100 });
export const columnsParam = (help: string) => param.code({ title: 'Columns', help, language: 'json', default: '[]' });
export const stepsParam = () => param.code({ title: 'Changes', help: 'Columns kept, renamed or cast, in order.', language: 'json', default: '[]' });
/** Which result of the training pipeline counts. */
export const runParam = () =>
  param.integer({
    title: 'Run',
    help: 'The number of the training run whose result is taken. 0 takes the newest good one, so that retraining flows through.',
    default: 0,
    minimum: 0,
  });
/** `from training run 12`, or that it follows. */
export const describeRun = (node: string, run: number): string => (node === '' ? '' : `${node}, ${run === 0 ? 'newest run' : `run ${run}`}`);
export const fittedUse = (node: string, port: string, run: number) => (node === '' ? {} : { fitted: [{ node, port, run: run === 0 ? null : run }] });
