import { parseAddress, reasonOf, send } from '../connections/request.ts';
import { sign } from '../pipeline-endpoints/signature.ts';
import type { Delivery } from './alert-rules.ts';
import { inTries } from './tries.ts';

const TIMEOUT = 10_000;

export interface WebhookMessage {
  readonly id: string;
  /** Such as `alert.firing`. */
  readonly type: string;
  /** ISO. */
  readonly timestamp: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Posts a message, signed; tries again when that may help. Never throws. Private addresses are refused unless the owner allows them. */
export function deliver(
  address: string,
  secret: string,
  message: WebhookMessage,
  { allowedHosts, now }: { allowedHosts: readonly string[]; now: () => number },
): Promise<Delivery> {
  const { id, ...rest } = message;
  const body = JSON.stringify(rest);
  return inTries(async () => {
    const seconds = Math.floor(now() / 1_000);
    try {
      const response = await send(parseAddress(address), {
        allowedHosts,
        signal: AbortSignal.timeout(TIMEOUT),
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': String(seconds),
          'webhook-signature': sign(secret, { id, timestamp: seconds, body }),
        },
        body: Buffer.from(body),
      });
      response.resume();
      const code = response.statusCode ?? 0;
      if (code >= 200 && code < 300) return { delivery: { status: 'sent', code, detail: null }, again: false };
      return { delivery: { status: 'failed', code, detail: `The receiver answered ${code}.` }, again: code >= 500 || code === 429 || code === 408 };
    } catch (error) {
      return { delivery: { status: 'failed', code: null, detail: reasonOf(error) }, again: (error as { code?: string }).code !== 'connection_refused' };
    }
  });
}
