import type { IncomingHttpHeaders } from 'node:http';
import type { ScoreCall } from '../serving/deployments.ts';
import { DEPLOYMENT_HEADERS, SESSION_KEY } from '../serving/split.ts';

/** What headers and cookies of a scoring request say of who shall answer: a named deployment, or always the same one. */
export function callerChoice(headers: IncomingHttpHeaders): Pick<ScoreCall, 'stickyKey' | 'deployment'> {
  const deployment = DEPLOYMENT_HEADERS.map((name) => headers[name]).find((value) => typeof value === 'string' && value !== '') as string | undefined;
  const header = headers[SESSION_KEY];
  const stickyKey = typeof header === 'string' ? header : cookieOf(headers.cookie);
  return { deployment, stickyKey: stickyKey === '' ? undefined : stickyKey };
}

function cookieOf(cookies: string | undefined): string | undefined {
  if (!cookies?.includes(SESSION_KEY)) return undefined;
  for (const part of cookies.split(';')) {
    const at = part.indexOf('=');
    if (part.slice(0, at).trim() === SESSION_KEY) return decoded(part.slice(at + 1).trim());
  }
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
