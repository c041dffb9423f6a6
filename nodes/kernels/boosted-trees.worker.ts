import { parentPort, workerData } from 'node:worker_threads';
import type { Exports, Hiring } from './boosted-trees.server.ts';

/** The second thread of a training: the kernel on the same memory, serving until it is sent home. */
const { module, memory, layout, options } = workerData as Hiring;
const abort = () => {
  throw new Error('A kernel stopped.');
};
const instance = await WebAssembly.instantiate(module, { env: { memory, abort } });
const exports = instance.exports as unknown as Exports;
exports.layout(...layout);
exports.setOptions(...options);
parentPort!.postMessage('serving');
exports.serve();
