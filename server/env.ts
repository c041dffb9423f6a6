import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { isSender, parseMailServer, SMTP_ADDRESS, type MailServer } from './mail/mail-server.ts';

/** What the installation's owner may set through the environment; each has a default. */
const variables = z.object({
  MODELWRIGHT_DATA_DIR: z.string().min(1).default('./data'),
  MODELWRIGHT_HOST: z.string().min(1).default('127.0.0.1'),
  MODELWRIGHT_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  MODELWRIGHT_LOG: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  MODELWRIGHT_SLOTS: z.coerce.number().int().min(1).max(256).optional(),
  MODELWRIGHT_STEP_MEMORY_MB: z.coerce.number().int().min(128).default(4096),
  /** What stays free on the disk: with less, new runs and uploads are refused. */
  MODELWRIGHT_DISK_RESERVE_MB: z.coerce.number().int().min(0).optional(),
  MODELWRIGHT_UPLOAD_MB: z.coerce.number().int().min(1).default(32_768),
  /** Hosts with private addresses that Import Data and connections may reach, as `name` or `name:port`, separated by commas. */
  MODELWRIGHT_ALLOWED_HOSTS: z.string().default(''),
  /** Folders of this machine that connections may name, separated by commas. */
  MODELWRIGHT_ALLOWED_FOLDERS: z.string().default(''),
  /** Where alerts are handed in as mail: smtp(s)://user:password@host:port. */
  MODELWRIGHT_SMTP_URL: z.string().default(''),
  MODELWRIGHT_MAIL_FROM: z.string().trim().default(''),
  /** Where people reach this installation, for links in mails; without it the address that the server listens on. */
  MODELWRIGHT_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'Not an http or https address' })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
});

export interface Environment {
  readonly dataFolder: string;
  readonly host: string;
  readonly port: number;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
  /** Steps that run at the same time. */
  readonly slots: number;
  /** Threads that one step may use. */
  readonly threads: number;
  readonly stepMemoryBytes: number;
  readonly uploadBytes: number;
  /** Null: 200 MB, or 2 % of a small disk. */
  readonly diskReserveBytes: number | null;
  readonly allowedHosts: readonly string[];
  /** Absolute. */
  readonly allowedFolders: readonly string[];
  /** Null: alerts cannot be sent by mail. */
  readonly mail: MailServer | null;
  readonly publicUrl: string | null;
}

export class EnvironmentError extends Error {}

/** Parses the environment once, at start; throws EnvironmentError with every wrong variable named. */
export function readEnvironment(source: Readonly<Record<string, string | undefined>> = process.env): Environment {
  const parsed = variables.safeParse(source);
  if (!parsed.success) {
    throw new EnvironmentError(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
  }
  const values = parsed.data;
  const cores = availableParallelism();
  return {
    dataFolder: resolve(values.MODELWRIGHT_DATA_DIR),
    host: values.MODELWRIGHT_HOST,
    port: values.MODELWRIGHT_PORT,
    logLevel: values.MODELWRIGHT_LOG,
    slots: values.MODELWRIGHT_SLOTS ?? Math.min(8, cores),
    threads: Math.max(1, Math.min(8, cores)),
    stepMemoryBytes: values.MODELWRIGHT_STEP_MEMORY_MB * 2 ** 20,
    uploadBytes: values.MODELWRIGHT_UPLOAD_MB * 2 ** 20,
    diskReserveBytes: values.MODELWRIGHT_DISK_RESERVE_MB === undefined ? null : values.MODELWRIGHT_DISK_RESERVE_MB * 2 ** 20,
    allowedHosts: listed(values.MODELWRIGHT_ALLOWED_HOSTS),
    allowedFolders: listed(values.MODELWRIGHT_ALLOWED_FOLDERS).map((folder) => resolve(folder)),
    mail: mailServerOf(values.MODELWRIGHT_SMTP_URL, values.MODELWRIGHT_MAIL_FROM),
    publicUrl: values.MODELWRIGHT_PUBLIC_URL ?? null,
  };
}

/** The messages never repeat the address, which holds a password. */
function mailServerOf(address: string, from: string): MailServer | null {
  if (address === '') return null;
  const server = parseMailServer(address, from);
  if (!server) throw new EnvironmentError(`MODELWRIGHT_SMTP_URL: Not ${SMTP_ADDRESS}`);
  if (!isSender(from))
    throw new EnvironmentError(
      'MODELWRIGHT_MAIL_FROM: With a mail server goes its sender: an address, or a name and the address as in Studio <studio@example.com>',
    );
  return server;
}

const listed = (text: string): string[] =>
  text
    .split(',')
    .map((each) => each.trim())
    .filter(Boolean);
