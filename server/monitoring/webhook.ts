import { parseAddress, reasonOf, send } from '../connections/request.ts';
import { sign } from '../pipeline-endpoints/signature.ts';
import type { Delivery } from './alert-rules.ts';

const TRIES = 3;
const FIRST_PAUSE = 1_000;
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
export async function deliver(address: string, secret: string, message: WebhookMessage, { allowedHosts, now }: { allowedHosts: readonly string[]; now: () => number }): Promise<Delivery> {
  const { id, ...rest } = message;
  const body = JSON.stringify(rest);
  let last: Omit<Delivery, 'attempts'> = { status: 'failed', code: null, detail: null };
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const seconds = Math.floor(now() / 1_000);
    try {
      const response = await send(parseAddress(address), {
        allowedHosts,
        signal: AbortSignal.timeout(TIMEOUT),
        method: 'POST',
        headers: { 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': sign(secret, { id, timestamp: seconds, body }) },
        body: Buffer.from(body),
      });
      response.resume();
      const code = response.statusCode ?? 0;
      if (code >= 200 && code < 300) return { status: 'sent', attempts: attempt, code, detail: null };
      last = { status: 'failed', code, detail: `The receiver answered ${code}.` };
      if (code < 500 && code !== 429 && code !== 408) return { ...last, attempts: attempt };
    } catch (error) {
      last = { status: 'failed', code: null, detail: reasonOf(error) };
      if ((error as { code?: string }).code === 'connection_refused') return { ...last, attempts: attempt };
    }
    if (attempt < TRIES) await new Promise((done) => setTimeout(done, FIRST_PAUSE * 4 ** (attempt - 1)).unref());
  }
  return { ...last, attempts: TRIES };
}
