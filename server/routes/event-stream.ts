import type { Context } from 'hono';
import { streamSSE, type SSEMessage } from 'hono/streaming';
import { AppError } from '../errors.ts';

const HEARTBEAT = 15_000;
const MOST_STREAMS = 1_000;

/** Answers with Server-Sent Events as they happen, with a heartbeat between; a bounded number at once. */
export class EventStreams {
  #open = 0;

  /** Refuses with 503 when too many are open. `events` ends by itself, or when the caller hangs up. */
  answer<E>(c: Context, events: (signal: AbortSignal) => AsyncIterable<E>, message: (event: E) => SSEMessage): Response {
    if (this.#open >= MOST_STREAMS) throw new AppError(503, 'Too many event streams are open.', { code: 'streams_full', headers: { 'retry-after': '5' } });
    c.header('cache-control', 'no-store');
    c.header('x-accel-buffering', 'no');
    this.#open++;
    return streamSSE(c, async (stream) => {
      const gone = new AbortController();
      stream.onAbort(() => gone.abort());
      const heartbeat = setInterval(() => void stream.write(': still here\n\n'), HEARTBEAT);
      heartbeat.unref();
      try {
        await stream.write('retry: 3000\n\n');
        for await (const event of events(gone.signal)) await stream.writeSSE(message(event));
      } finally {
        clearInterval(heartbeat);
        this.#open--;
      }
    });
  }
}
