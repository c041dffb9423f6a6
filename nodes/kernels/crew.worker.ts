import { parentPort } from 'node:worker_threads';
import type { Order, Reply } from './crew.server.ts';

/** A thread of a crew: starts kernels on memory that it is given, and calls their exports. */
const kernels = new Map<string, Record<string, (...values: number[]) => unknown>>();
const abort = () => {
  throw new Error('A kernel stopped.');
};

async function carryOut(order: Order): Promise<unknown> {
  if ('module' in order) {
    const instance = await WebAssembly.instantiate(order.module, { env: { memory: order.memory, abort } });
    kernels.set(order.kernel, instance.exports as Record<string, (...values: number[]) => unknown>);
    return undefined;
  }
  return kernels.get(order.kernel)![order.call]!(...order.values);
}

parentPort!.on('message', (order: Order) => {
  void carryOut(order)
    .then((result): Reply => ({ id: order.id, result }))
    .catch((error: unknown): Reply => ({ id: order.id, error: String(error) }))
    .then((reply) => parentPort!.postMessage(reply));
});
