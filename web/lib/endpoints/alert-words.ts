import type { AlertEvent } from '#web/lib/api-endpoint-types.ts';

/** The most receivers of an alert. */
const RECEIVERS = 10;
/** Addresses as they are typed: separated by commas, semicolons, spaces or lines. */
export const addressesOf = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);

/** What is wrong with typed addresses, or null. */
export function addressesError(text: string): string | null {
  const addresses = addressesOf(text);
  const wrong = addresses.find((each) => !/^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/.test(each));
  if (wrong !== undefined) return `“${wrong}” is no address`;
  if (new Set(addresses.map((each) => each.toLowerCase())).size < addresses.length) return 'An address stands here twice';
  return addresses.length > RECEIVERS ? `${RECEIVERS} addresses at most` : null;
}

/** What came of an alert's webhook and mail, a sentence each. */
export function deliveryWords({ delivery, mail }: Pick<AlertEvent, 'delivery' | 'mail'>): string[] {
  const ways = [
    ['Webhook', delivery],
    ['Mail', mail],
  ] as const;
  return ways.flatMap(([way, came]) => {
    if (!came) return [];
    const code = came.code === null ? '' : ` (${came.code})`;
    return came.status === 'failed' ? `${way} not sent: ${came.detail}` : `${way} sent${code}${came.detail ? `, but not to ${came.detail}` : ''}`;
  });
}
