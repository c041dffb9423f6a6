import { oneLine, type Mailer, type MailMessage, type MailRefusal } from '../mail/mailer.ts';
import type { AlertRule, Delivery } from './alert-rules.ts';
import { figureOf, shortNumber } from './alert-words.ts';
import { inTries } from './tries.ts';

export interface AlertNews {
  readonly id: string;
  readonly type: 'firing' | 'resolved' | 'test';
  readonly endpoint: string;
  readonly alert: string;
  readonly rule: AlertRule;
  readonly value: number | null;
  readonly message: string;
  readonly runId: string | null;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const SUBJECTS = { firing: 'fires', resolved: 'is over', test: 'is tried' } as const;

/** What an alert says by mail: plain text, with links below `base`, an address without a slash at its end. */
export function alertMail({ id, type, endpoint, alert, rule, value, message, runId, at }: AlertNews, base: string): MailMessage {
  const lines: readonly (readonly [string, string])[] = [
    ['Endpoint', endpoint],
    ['Figure', figureOf(rule)],
    ['Value', value === null ? 'none now' : shortNumber(value)],
    ['Limit', `${rule.comparison} ${rule.threshold}${rule.forMinutes > 0 ? `, for at least ${rule.forMinutes} min` : ''}`],
    ['Window', `the last ${rule.windowMinutes} min`],
    ['Time', new Date(at).toISOString()],
  ];
  const text = [
    oneLine(message),
    '',
    ...lines.map(([label, words]) => `${`${label}:`.padEnd(10)}${oneLine(words)}`),
    '',
    `${base}/endpoints/${encodeURIComponent(endpoint)}?tab=monitoring`,
    ...(runId === null ? [] : [`The run that it started: ${base}/runs/${encodeURIComponent(runId)}`]),
    '',
  ].join('\n');
  return { id: `alert-${id}`, to: rule.emails, subject: `[Modelwright] ${endpoint}: “${alert}” ${SUBJECTS[type]}`, text, at };
}

/** A line for each reason, with all whom it stopped; null where there is none. */
function wordsOf(refusals: readonly MailRefusal[]): string | null {
  const reasons = Map.groupBy(refusals, ({ reason }) => reason);
  const lines = [...reasons].map(([reason, each]) => `${each.map(({ address }) => address).join(', ')}: ${reason}`);
  return lines.join('\n').slice(0, 2_000) || null;
}

/** Sends a message to each of its receivers; who was refused for now is tried again, by himself. Never throws. */
export function deliverMail(mailer: Mailer | null, message: MailMessage): Promise<Delivery> {
  if (!mailer) {
    const detail = 'No mail server is set. The owner of this installation names one in MODELWRIGHT_SMTP_URL and MODELWRIGHT_MAIL_FROM.';
    return Promise.resolve({ status: 'failed', attempts: 0, code: null, detail });
  }
  let left = message.to;
  const refusals: MailRefusal[] = [];
  let taken = 0;
  return inTries(async () => {
    const { accepted, refused, code } = await mailer.send({ ...message, to: left });
    taken += accepted.length;
    const waiting = refused.filter(({ temporary }) => temporary);
    refusals.push(...refused.filter(({ temporary }) => !temporary));
    left = waiting.map(({ address }) => address);
    const detail = wordsOf([...refusals, ...waiting]);
    return { delivery: { status: taken > 0 ? 'sent' : 'failed', code, detail }, again: left.length > 0 };
  });
}
