import { isNativeError } from 'node:util/types';
import { NodeError } from '#nodes/kit/issues.ts';

/** What a driver's error may carry: a code of the network or of the database, and several errors of as many addresses. */
interface DriverError extends Error {
  readonly code?: string;
  readonly errors?: readonly DriverError[];
}

export interface Whereabouts {
  readonly title: string;
  readonly host: string;
  readonly port: number;
}

const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME|ISSUER/;

/** What the network says, in words; null when it is not about the network. */
function networkWords(code: string, message: string, { title, host, port }: Whereabouts): { words: string; param: string } | null {
  if (code === 'ECONNREFUSED')
    return { words: `Nothing answers at ${host}, port ${port}. Check host and port, and that ${title} listens there.`, param: 'host' };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { words: `There is no host named ${host}.`, param: 'host' };
  if (code === 'EHOSTUNREACH' || code === 'ENETUNREACH') return { words: `${host} cannot be reached.`, param: 'host' };
  if (code === 'ETIMEDOUT' || message === 'timeout expired') return { words: `${host}, port ${port}, does not answer.`, param: 'host' };
  if (CERTIFICATE.test(code) || /certificate/.test(message)) {
    const words = `The certificate of ${host} is not trusted (${message.split(';')[0]}). Give the certificate of its authority, or choose another encryption.`;
    return { words, param: 'encryption' };
  }
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT' || /does not support SSL/.test(message)) {
    return { words: `${title} at ${host} offers no encryption. Choose “None” where the network between is trusted.`, param: 'encryption' };
  }
  if (/SSL|TLS|EPROTO/.test(code)) return { words: `No encrypted connection to ${host} comes about (${message}).`, param: 'encryption' };
  return null;
}

/** The error that people see for what a driver throws: never with a secret, nor with the driver's own error as its cause. */
export function failureOfDriver(error: unknown, where: Whereabouts, secrets: readonly string[]): Error {
  if (error instanceof NodeError) return error;
  const first: DriverError = isNativeError(error) ? error : new Error(String(error));
  const inner = first.errors?.find((each) => each instanceof NodeError) ?? first.errors?.[0] ?? first;
  if (inner instanceof NodeError) return inner;
  const known = networkWords(inner.code ?? '', inner.message, where);
  const words = known?.words ?? `${where.title} answers: ${inner.message.replace(/\.?$/, '.')}`;
  const clean = secrets.filter((secret) => secret.length > 3).reduce((text, secret) => text.replaceAll(secret, '…'), words);
  return new NodeError('connection_failed', clean, { param: known?.param });
}
