import { parseArgs } from 'node:util';
import { UsageError } from './messages.ts';

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError(`"${text}" is no port. Use a number from 0 (any free one) to 65535.`);
  return port;
}

/** Starts the server, prints the link to open, and runs until it is told to stop. */
export default async function startCommand(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { port: { type: 'string' }, host: { type: 'string' }, data: { type: 'string' } } });
  const [{ start }, { collectStartGarbage }] = await Promise.all([import('../main.ts'), import('../garbage.ts')]);
  const running = await start({ port: portOf(values.port), host: values.host, dataFolder: values.data });
  const asked = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      asked.resolve(signal);
      // The second time means: now.
      process.once(signal, () => process.exit(130));
    });
  }
  const { dataFolder } = running.services.environment;
  console.log(`Modelwright ${running.services.version} is ready after ${process.uptime().toFixed(1)} s. Data: ${dataFolder}`);
  if (running.hasSession) console.log(`Open ${running.url}\nOn a new browser sign in with the link that "modelwright sign-in-link" prints.`);
  else console.log(`Open this link once to sign in:\n\n  ${running.signInLink()}\n`);

  const callOff = collectStartGarbage(() => running.requests);
  await asked.promise;
  callOff();
  console.log('Stopping: runs get 10 s to end; what is left goes on at the next start.');
  await running.stop();
  return 0;
}
