import { NodeError } from '#nodes/kit/issues.ts';
import type { BucketClient } from './client.ts';

const MEGABYTE = 2 ** 20;
const PART_BYTES = 8 * MEGABYTE;
const MOST_PARTS = 10_000;
const ABORT_MILLISECONDS = 10_000;

/** Cuts a stream into pieces of one size; the last may be smaller. One piece at a time is in memory. */
export async function* piecesOf(content: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let piece = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const chunk of content) {
    for (let from = 0; from < chunk.byteLength;) {
      const count = Math.min(size - filled, chunk.byteLength - from);
      piece.set(chunk.subarray(from, from + count), filled);
      filled += count;
      from += count;
      if (filled < size) continue;
      yield piece;
      piece = Buffer.allocUnsafe(size);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

/** Writes an object: in one request, or in parts when it is large. It is visible as a whole or not at all. */
export async function writeObject(client: BucketClient, key: string, content: AsyncIterable<Uint8Array>, bytes: number): Promise<void> {
  if (key === '' || key.endsWith('/')) throw new NodeError('parameter_missing', 'Give the file a name.', { param: 'path' });
  if (bytes <= PART_BYTES) {
    const pieces: Uint8Array[] = [];
    for await (const piece of piecesOf(content, PART_BYTES)) pieces.push(piece);
    if (pieces.length > 1) throw new Error('More bytes came than were announced.');
    (await client.expect({ method: 'PUT', key, body: pieces[0] ?? Buffer.alloc(0) })).resume();
    return;
  }
  const { UploadId: uploadId } = await client.xml({ method: 'POST', key, query: { uploads: '' }, body: Buffer.alloc(0) });
  if (typeof uploadId !== 'string') throw new NodeError('connection_failed', 'The storage began no upload.');
  try {
    const tags: string[] = [];
    for await (const body of piecesOf(content, Math.max(PART_BYTES, Math.ceil(bytes / (MOST_PARTS - 1))))) {
      const part = await client.expect({ method: 'PUT', key, query: { partNumber: String(tags.length + 1), uploadId }, body });
      part.resume();
      if (!part.headers.etag) throw new NodeError('connection_failed', 'The storage did not say what it has of a part.');
      tags.push(part.headers.etag);
    }
    const parts = tags.map((tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`);
    const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
    await client.xml({ method: 'POST', key, query: { uploadId }, body });
  } catch (error) {
    // The parts would be paid for until someone finds them.
    await client.send({ method: 'DELETE', key, query: { uploadId }, signal: AbortSignal.timeout(ABORT_MILLISECONDS) }).then(
      (response) => response.resume(),
      () => undefined,
    );
    throw error;
  }
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
