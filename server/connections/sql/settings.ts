import { z } from 'zod';
import { NodeError } from '#nodes/kit/issues.ts';
import * as param from '#nodes/kit/params.ts';

/** What every database server asks for. */
export const serverSettings = (port: number, databaseHelp: string) =>
  z.object({
    host: param.text({
      title: 'Host',
      help: 'Its name or address. Private addresses are refused unless the owner of this installation allows the host: MODELWRIGHT_ALLOWED_HOSTS.',
      default: '',
      maximum: 255,
      placeholder: 'database.example.org',
    }),
    port: param.integer({ title: 'Port', default: port, minimum: 1, maximum: 65_535 }),
    database: param.text({ title: 'Database', help: databaseHelp, default: '', maximum: 200 }),
    user: param.text({ title: 'User', help: 'Best one that may only read what is needed.', default: '', maximum: 200 }),
    encryption: param.choice({
      title: 'Encryption',
      help: 'With a certificate that is not checked, someone on the way can read the password.',
      options: { verify: 'TLS, certificate is checked', encrypt: 'TLS, any certificate', none: 'None' },
      default: 'verify',
    }),
    certificate: param.text({
      title: 'Certificate of the authority',
      help: 'In PEM, where the server’s certificate is not of a public authority.',
      default: '',
      maximum: 100_000,
      placeholder: '-----BEGIN CERTIFICATE-----',
      advanced: true,
      shownWhen: { param: 'encryption', is: ['verify'] },
    }),
    statementSeconds: param.integer({
      title: 'Time limit of a statement',
      help: 'The server stops a statement that takes longer.',
      default: 600,
      minimum: 1,
      maximum: 86_400,
      unit: 's',
      advanced: true,
    }),
  });

export const serverSecrets = z.object({ password: param.secret({ title: 'Password' }) });

export const serverSecretsGoTo = ['host', 'port', 'encryption', 'certificate'] as const;

export type ServerSettings = z.infer<ReturnType<typeof serverSettings>>;
export type ServerSecrets = z.infer<typeof serverSecrets>;

export const CONNECT_MILLISECONDS = 15_000;

/** The TLS options of the settings, or undefined for none. */
export function tlsOptions({ encryption, certificate }: ServerSettings): { rejectUnauthorized: boolean; ca?: string } | undefined {
  if (encryption === 'none') return undefined;
  if (encryption === 'encrypt') return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, ...(certificate.trim() === '' ? {} : { ca: certificate }) };
}

/** Errors: `parameter_missing`. */
export function assertGiven(settings: ServerSettings, names: readonly ('host' | 'database' | 'user')[]): void {
  for (const name of names) if (settings[name].trim() === '') throw new NodeError('parameter_missing', `Give the ${name} of the connection.`, { param: name });
}

/** The server stopped a statement at the limit of the settings. */
export function tookTooLong(title: string, { statementSeconds }: Pick<ServerSettings, 'statementSeconds'>): NodeError {
  const limit = statementSeconds === 1 ? '1 second' : `${statementSeconds} seconds`;
  return new NodeError(
    'connection_failed',
    `${title} stopped the statement, since it took longer than ${limit}. Raise the connection’s time limit, or ask for less.`,
  );
}
