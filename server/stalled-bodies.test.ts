import { once } from 'node:events';
import { createServer, request, type ClientRequest, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ManualClock } from './scheduler/clock.ts';
import { endStalledBodies } from './stalled-bodies.ts';

const LIMIT = 1_000;
const clock = new ManualClock(0);
/** Each body as it comes; a handler says when it reads. */
let incoming: PromiseWithResolvers<IncomingMessage>;
let server: Server;
beforeEach(async () => {
  incoming = Promise.withResolvers();
  server = createServer((received, response) => {
    received.on('error', () => {});
    received.on('end', () => response.end('whole'));
    incoming.resolve(received);
  });
  endStalledBodies(server, LIMIT, clock);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const send = (): ClientRequest => {
  const sending = request({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
  sending.on('error', () => {});
  return sending;
};
const answerTo = async (sending: ClientRequest): Promise<[number | undefined, string]> => {
  const [answer] = (await once(sending, 'response')) as [IncomingMessage];
  return [answer.statusCode, await text(answer)];
};

it('a body that keeps coming is taken, however long it needs', async () => {
  const sending = send();
  sending.flushHeaders();
  const received = await incoming.promise;
  for (let piece = 0; piece < 10; piece++) {
    sending.write('a');
    await once(received, 'data');
    clock.turnBy(LIMIT);
  }
  sending.end();
  expect(await answerTo(sending)).toEqual([200, 'whole']);
});

it('a body that stalls is refused', async () => {
  const sending = send();
  sending.write('a');
  await once(await incoming.promise, 'data');
  clock.turnBy(LIMIT);
  clock.turnBy(LIMIT - 1);
  expect(sending.destroyed).toBe(false);
  const answer = answerTo(sending);
  clock.turnBy(1);
  expect(await answer).toEqual([408, '']);
});

it('a body that nobody reads yet waits', async () => {
  const sending = send();
  sending.write('a'.repeat(1_000_000));
  const received = await incoming.promise;
  while (received.readableLength === 0) await new Promise(setImmediate);
  for (let turn = 0; turn < 5; turn++) clock.turnBy(LIMIT);
  sending.end();
  received.resume();
  expect(await answerTo(sending)).toEqual([200, 'whole']);
});

it('time after the whole body is the server’s own', async () => {
  const sending = send();
  server.prependListener('request', (received: IncomingMessage) => received.pause());
  sending.end('a');
  const received = await incoming.promise;
  while (!received.complete) await new Promise(setImmediate);
  for (let turn = 0; turn < 5; turn++) clock.turnBy(LIMIT);
  received.resume();
  expect(await answerTo(sending)).toEqual([200, 'whole']);
});
