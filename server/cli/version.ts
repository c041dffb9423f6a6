import { readFileSync } from 'node:fs';

/** Prints the version. */
export default async function version(): Promise<number> {
  console.log((JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }).version);
  return 0;
}
