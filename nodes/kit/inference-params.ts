import * as param from './params.ts';

/** What the nodes of an inference pipeline share: they name a place of the training pipeline, and carry columns as JSON text. */
export const nodeParam = () => param.text({ title: 'Node', help: 'The node of the training pipeline.', default: '', maximum: 64 });
export const portParam = () => param.text({ title: 'Output', help: 'The output of that node.', default: '', maximum: 100 });
export const columnsParam = (help: string) => param.code({ title: 'Columns', help, language: 'json', default: '[]' });
export const stepsParam = () => param.code({ title: 'Changes', help: 'Columns kept, renamed or cast, in order.', language: 'json', default: '[]' });
