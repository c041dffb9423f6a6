import { expect, vi } from 'vitest';
import type { Client } from '#test/support/client.ts';

/** Scores the sample of an endpoint, once the endpoint is up. */
export async function expectScore(client: Client, name: string, key: string): Promise<void> {
  const { sample } = await client.get<{ sample: unknown }>(`/endpoints/${name}`);
  const score = () =>
    fetch(`${client.url}/api/v1/endpoints/${name}/score`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ rows: [sample] }),
    });
  await vi.waitFor(async () => expect((await score()).status).toBe(200), { timeout: 60_000, interval: 50 });
}
