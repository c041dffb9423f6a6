import type { SMTPSentMessageInfo, SMTPTransportOptions } from 'nodemailer';
import { LOOPBACK_NAMES } from '../auth/guard.ts';
import { hideSecrets } from '../connections/hide-secrets.ts';
import type { MailServer } from './mail-server.ts';

export interface MailMessage {
  /** Stays the same when a message is sent again, so that mailboxes can tell. */
  readonly id: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}
export interface MailRefusal {
  readonly address: string;
  /** What the server said. */
  readonly reason: string;
  /** Whether asking again later may help. */
  readonly temporary: boolean;
}
/** What the server did with a message. */
export interface MailOutcome {
  readonly accepted: readonly string[];
  readonly refused: readonly MailRefusal[];
  /** The code of the server's last reply, such as 250; null when it gave none. */
  readonly code: number | null;
}

interface SmtpFailure {
  readonly message: string;
  readonly code?: string;
  readonly response?: string;
  readonly responseCode?: number | false;
  readonly recipient?: string;
  readonly rejectedErrors?: readonly SmtpFailure[];
}

const TIMEOUT = 10_000;

/** A line of a header: nothing in it can begin another line. */
export const oneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 1_000);

const codeOf = (reply: string | undefined): number | null => Number(/^\d{3}/.exec(reply ?? '')?.[0]) || null;

/** Hands messages to the installation's mail server; a connection each. */
export class Mailer {
  readonly #server: MailServer;
  readonly #hide: (text: string) => string;

  constructor(server: MailServer) {
    this.#server = server;
    const password = server.password();
    this.#hide = hideSecrets([password, Buffer.from(`\0${server.user ?? ''}\0${password}`).toString('base64')]);
  }

  get from(): string {
    return this.#server.from;
  }

  /** Sends one message to all of its receivers, who see each other. Never throws: what went wrong is told for each of them, without secrets. */
  async send({ id, to, subject, text, at }: MailMessage): Promise<MailOutcome> {
    const { createTransport } = await import('nodemailer');
    const transport = createTransport(this.#options());
    try {
      const info: SMTPSentMessageInfo = await transport.sendMail({
        from: this.#server.from,
        to: [...to],
        subject: oneLine(subject),
        text,
        date: new Date(at),
        messageId: `<${id}@modelwright>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      return {
        accepted: info.accepted,
        refused: (info.rejectedErrors ?? []).map((each) => this.#refusal(each as SmtpFailure, '')),
        code: codeOf(info.response),
      };
    } catch (thrown) {
      const failure = thrown as SmtpFailure;
      const each = failure.rejectedErrors?.length ? failure.rejectedErrors : to.map((recipient) => ({ ...failure, message: failure.message, recipient }));
      return { accepted: [], refused: each.map((one) => this.#refusal(one, failure.code ?? '')), code: failure.responseCode || null };
    }
  }

  #options(): SMTPTransportOptions {
    const { host, port, secure, user, password } = this.#server;
    return {
      host,
      port,
      secure,
      ...(user === null ? {} : { auth: { user, pass: password() } }),
      // A password leaves this machine encrypted or not at all.
      requireTLS: !secure && user !== null && !LOOPBACK_NAMES.includes(host),
      connectionTimeout: TIMEOUT,
      greetingTimeout: TIMEOUT,
      socketTimeout: TIMEOUT,
      dnsTimeout: TIMEOUT,
    };
  }

  #refusal({ recipient = '', response, responseCode, message, code }: SmtpFailure, kind: string): MailRefusal {
    const wrong = ['EAUTH', 'ETLS', 'ENOAUTH'].includes(code ?? kind);
    return { address: recipient, reason: this.#hide(response || message), temporary: !wrong && (!responseCode || responseCode < 500) };
  }
}
