import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** A message and its signature by the rules of Standard Webhooks. */
export interface SignedMessage {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** So far may the clocks of sender and receiver lie apart, in seconds. */
export const TOLERANCE = 300;

export const newSigningSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;

/** `v1,` and the HMAC-SHA256 of id, time and body, in base64. */
export function sign(secret: string, { id, timestamp, body }: SignedMessage): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`, 'utf8').digest('base64')}`;
}

/** Whether one of the signatures of a header (parted by spaces) was made with one of the secrets. */
export function isSignedBy(secrets: readonly string[], message: SignedMessage, header: string): boolean {
  const given = header.split(' ').map((each) => Buffer.from(each));
  return secrets.some((secret) => {
    const wanted = Buffer.from(sign(secret, message));
    return given.some((each) => each.length === wanted.length && timingSafeEqual(each, wanted));
  });
}

/** Why a message is not to be believed, in words; null when it is. */
export function whyNotBelieved(
  secrets: readonly string[],
  headers: { readonly id?: string; readonly timestamp?: string; readonly signature?: string },
  body: string,
  now: number,
): string | null {
  const { id, timestamp: time, signature } = headers;
  if (id === undefined || id.length > 256 || time === undefined || signature === undefined || !/^\d{1,12}$/.test(time))
    return 'A signed call has the headers webhook-id, webhook-timestamp and webhook-signature.';
  const timestamp = Number(time);
  if (!isSignedBy(secrets, { id, timestamp, body }, signature)) return 'The signature is not that of this message and secret.';
  if (Math.abs(now / 1_000 - timestamp) > TOLERANCE)
    return 'The message was signed more than five minutes ago, or in the future. Check the clocks, and sign it anew.';
  return null;
}
