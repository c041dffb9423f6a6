// @ts-check
// A thread of a crew: starts kernels on memory that it is given, and calls their exports. Plain JavaScript, since a thread that has to strip types
// first takes twice as long to start.
import { parentPort } from 'node:worker_threads';

/** @type {Map<string, Record<string, (...values: number[]) => unknown>>} */
const kernels = new Map();
const abort = () => {
  throw new Error('A kernel stopped.');
};

/** @param {import('./crew.server.ts').Order} order */
async function carryOut(order) {
  if ('module' in order) {
    const instance = await WebAssembly.instantiate(order.module, { env: { memory: order.memory, abort } });
    kernels.set(order.kernel, /** @type {Record<string, (...values: number[]) => unknown>} */ (instance.exports));
    return undefined;
  }
  const call = kernels.get(order.kernel)?.[order.call];
  if (!call) throw new Error(`There is no kernel ${order.kernel} with a call ${order.call}.`);
  return call(...order.values);
}

parentPort?.on('message', (/** @type {import('./crew.server.ts').Order} */ order) => {
  void carryOut(order)
    .then((result) => ({ id: order.id, result }))
    .catch((error) => ({ id: order.id, error: String(error) }))
    .then((/** @type {import('./crew.server.ts').Reply} */ reply) => parentPort?.postMessage(reply));
});
