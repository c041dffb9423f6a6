import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll } from 'vitest';
import { start, type Running, type StartOptions } from '#server/main.ts';
import { signIn, type Client } from './client.ts';

export interface TestServer {
  readonly url: string;
  /** One-time; each call of `running.signInLink()` gives another. */
  readonly signInLink: string;
  readonly dataFolder: string;
  readonly running: Running;
  /** Stops the server and, unless `keep`, removes its data folder. */
  stop(options?: { keep?: boolean }): Promise<void>;
}

/** The real server on a free port, with a data folder of its own. */
export async function startServer(options: StartOptions = {}): Promise<TestServer> {
  const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'modelwright-test-'));
  const log = options.log ?? pino({ level: process.env.MODELWRIGHT_LOG ?? 'error' }, pino.destination({ dest: 2, sync: true }));
  const running = await start({ port: 0, host: '127.0.0.1', log, ...options, dataFolder });
  return {
    url: running.url,
    signInLink: running.signInLink(),
    dataFolder,
    running,
    async stop({ keep = false } = {}) {
      await running.stop();
      if (!keep) rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

/** A server for all tests of a file, stopped after them, and someone signed in. To be awaited where the file begins. */
export async function startedServer(options: StartOptions = {}): Promise<{ server: TestServer; client: Client }> {
  const server = await startServer(options);
  afterAll(() => server.stop());
  return { server, client: await signIn(server.url, server.signInLink) };
}
