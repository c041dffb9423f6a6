import { expect, test } from 'vitest';
import { signIn } from '#test/support/client.ts';
import { startServer } from '#test/support/server.ts';
import { throughWideChain, upload } from '#test/support/table-chain.ts';

test('a table of 10,000 columns goes through dataset, profile, choice, scaling and file; one more is refused', async () => {
  const server = await startServer();
  try {
    const client = await signIn(server.url, server.signInLink);
    await throughWideChain(client, 10_000);
    const header = Array.from({ length: 10_001 }, (_, at) => `c${at}`).join(',');
    await expect(upload(client, 'wider', `${header}\n`)).rejects.toThrow('10001 columns');
  } finally {
    await server.stop();
  }
});
