// @ts-check
// Hashes a file as it grows: each order tells how far it is written. Plain JavaScript, since a thread that has to strip types first takes twice as
// long to start.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const file = openSync(workerData, 'r');
const sum = createHash('sha256');
const buffer = Buffer.allocUnsafe(1 << 20);
let at = 0;

parentPort?.on('message', (/** @type {import('./hash-file.ts').HashOrder} */ { written, last }) => {
  try {
    while (at < written) {
      const bytes = readSync(file, buffer, 0, Math.min(buffer.length, written - at), at);
      if (bytes === 0) throw new Error('The file is shorter than what was written.');
      sum.update(buffer.subarray(0, bytes));
      at += bytes;
    }
    if (!last) return;
    closeSync(file);
    parentPort?.postMessage({ hash: sum.digest('hex') });
  } catch (error) {
    parentPort?.postMessage({ error: String(error) });
  }
});
