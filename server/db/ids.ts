import { randomFillSync } from 'node:crypto';

const ID_BYTES = 16;
/** Drawn for many ids at once: asking the system costs more than an id. */
const drawn = Buffer.alloc(ID_BYTES * 256);
let used = drawn.length;
let lastTime = 0;
let counter = 0;

function drawBytes(): Buffer {
  if (used === drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  used += ID_BYTES;
  return drawn.subarray(used - ID_BYTES, used);
}

/** A UUIDv7: sorts by time of making, and within one process and millisecond by order of making (RFC 9562, method 1). */
export function newId(now: number = Date.now()): string {
  const bytes = drawBytes();
  if (now > lastTime) {
    lastTime = now;
    counter = bytes.readUInt16BE(6) & 0x7ff;
  } else if (++counter > 0xfff) {
    lastTime++;
    counter = 0;
  }
  bytes.writeUIntBE(lastTime, 0, 6);
  bytes.writeUInt16BE(0x7000 | counter, 6);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
