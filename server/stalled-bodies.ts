import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Clock, Timer } from './scheduler/clock.ts';

const REFUSAL = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/**
 * Cuts off whoever sends nothing of a body for so many milliseconds, or twice as many at the most. A body that keeps coming may take as long as it needs, and one that the
 * server itself does not take up yet waits with it.
 */
export function endStalledBodies(server: Server, milliseconds: number, clock: Clock): void {
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { headers, socket } = request;
    if (headers['transfer-encoding'] === undefined && !(Number(headers['content-length']) > 0)) return;
    let received = socket.bytesRead;
    let timer: Timer | null = null;
    let closed = false;
    // Most bodies come with their headers: nothing has to wait for those.
    process.nextTick(() => {
      if (!request.complete && !closed) timer = clock.setTimer(clock.now() + milliseconds, look);
    });
    function look(): void {
      if (request.complete || request.destroyed) return;
      if (socket.bytesRead === received && request.readableLength === 0) {
        if (response.headersSent) socket.destroy();
        else socket.end(REFUSAL, () => socket.destroy());
        return;
      }
      received = socket.bytesRead;
      timer = clock.setTimer(clock.now() + milliseconds, look);
    }
    response.once('close', () => {
      closed = true;
      timer?.cancel();
    });
  });
}
