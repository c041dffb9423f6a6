import { z } from 'zod';

/** The server that takes the installation's mail, as its owner named it. */
export interface MailServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; otherwise STARTTLS where the server offers it. */
  readonly secure: boolean;
  /** Null: without signing in. */
  readonly user: string | null;
  /** A function, so that no log and no answer can write it out with the rest. */
  readonly password: () => string;
  /** As in the header: an address, or a name with the address in angle brackets. */
  readonly from: string;
}

export const mailAddress = z.email('An address such as anna@example.com').max(254);

const PORTS: Readonly<Record<string, number>> = { 'smtp:': 587, 'smtps:': 465 };
// Built rather than written into messages: an address with a password in it must not come back in an error.
export const SMTP_ADDRESS = 'an address such as smtps://user:password@mail.example.com:465 (characters like @, / and % of a password as %40, %2F and %25)';

const decoded = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};

/** Reads smtp(s)://user:password@host:port; null for anything else. */
export function parseMailServer(address: string, from: string): MailServer | null {
  const url = URL.parse(address);
  if (!url || !(url.protocol in PORTS) || url.hostname === '' || !/^\/?$/.test(url.pathname) || url.search !== '' || url.hash !== '') return null;
  const [user, password] = [decoded(url.username), decoded(url.password)];
  if (user === null || password === null || (user === '' && password !== '')) return null;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || PORTS[url.protocol]!,
    secure: url.protocol === 'smtps:',
    user: user || null,
    password: () => password,
    from,
  };
}

/** Whether a text may stand as the sender: an address, or a name and an address in angle brackets. */
export function isSender(text: string): boolean {
  const address = /^[^<>"\p{Cc}]*<([^<>]+)>$/u.exec(text)?.[1] ?? text;
  return mailAddress.safeParse(address).success;
}
