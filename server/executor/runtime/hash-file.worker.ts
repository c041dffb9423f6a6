import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { HashAnswer, HashOrder } from './hash-file.ts';

/** Hashes a file as it grows: each order tells how far it is written. */
const file = openSync(workerData as string, 'r');
const sum = createHash('sha256');
const buffer = Buffer.allocUnsafe(1 << 20);
let at = 0;

parentPort!.on('message', ({ written, last }: HashOrder) => {
  try {
    while (at < written) {
      const bytes = readSync(file, buffer, 0, Math.min(buffer.length, written - at), at);
      if (bytes === 0) throw new Error('The file is shorter than what was written.');
      sum.update(buffer.subarray(0, bytes));
      at += bytes;
    }
    if (!last) return;
    closeSync(file);
    parentPort!.postMessage({ hash: sum.digest('hex') } satisfies HashAnswer);
  } catch (error) {
    parentPort!.postMessage({ error: String(error) } satisfies HashAnswer);
  }
});
