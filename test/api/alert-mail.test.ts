import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readEnvironment } from '#server/env.ts';
import { ManualClock } from '#server/scheduler/clock.ts';
import { signIn, type Client } from '#test/support/client.ts';
import { deployTable } from '#test/support/endpoint.ts';
import { startServer, type TestServer } from '#test/support/server.ts';

const PASSWORD = 'canary/of the+mail server';
const CSV = ['x,label', ...Array.from({ length: 40 }, (_, row) => `${row},${row % 2 === 0 ? 'even' : 'odd'}`)].join('\n');

interface Delivery {
  status: string;
  attempts: number;
  code: number | null;
  detail: string | null;
}
interface News {
  type: string;
  message: string;
  delivery: Delivery | null;
  mail: Delivery | null;
}
/** It stands, so that alerts are looked at when the test says so, and not each minute. */
const clock = new ManualClock(Date.now());
const letters: { to: string[]; text: string }[] = [];
const lines: string[] = [];
let postbox: SMTPServer;
let port = 0;
/** What the server says to a receiver, for so many times. */
const refusals = new Map<string, { code: number; times: number }>();
let taken = true;
let server: TestServer;
let client: Client;

const answer = (code: number, words: string) => Object.assign(new Error(words), { responseCode: code });
const openPostbox = (on: number): Promise<void> => {
  postbox = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    authMethods: ['PLAIN'],
    // One that is so kind as to say what it was sent.
    onAuth: ({ username, password }, _, done) =>
      taken && username === 'studio' && password === PASSWORD ? done(null, { user: 'studio' }) : done(answer(535, `No ${password} of ours`)),
    onRcptTo: ({ address }, _, done) => {
      const refusal = refusals.get(address);
      if (!refusal || refusal.times-- <= 0) return done();
      done(answer(refusal.code, 'No such mailbox'));
    },
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', (piece: Buffer) => (text += piece.toString()));
      stream.on('end', () => {
        letters.push({ to: session.envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  postbox.on('error', () => undefined);
  return new Promise((done) => postbox.listen(on, '127.0.0.1', done));
};
const closePostbox = (): Promise<void> => new Promise((done) => postbox.close(() => done()));
const rule = (emails: string[], more: object = {}) => ({
  metric: 'requests',
  column: null,
  comparison: 'below',
  threshold: 0,
  windowMinutes: 5,
  forMinutes: 0,
  webhookUrl: null,
  pipelineId: null,
  emails,
  ...more,
});
const make = async (name: string, emails: string[]): Promise<string> =>
  (await client.post<{ id: string }>('/endpoints/parity/alerts', { name, rule: rule(emails) })).id;
const tryOut = (id: string) => client.post<News>(`/endpoints/parity/alerts/${id}/test`);
const headOf = ({ text }: { text: string }): string => text.slice(0, text.indexOf('\r\n\r\n'));

beforeAll(async () => {
  await openPostbox(0);
  port = (postbox.server.address() as AddressInfo).port;
  const { mail } = readEnvironment({
    MODELWRIGHT_SMTP_URL: `smtp://studio:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`,
    MODELWRIGHT_MAIL_FROM: 'Studio <studio@example.com>',
  });
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  server = await startServer({ clock, environment: { mail }, log });
  client = await signIn(server.url, server.signInLink);
  await deployTable(client, 'parity', CSV, { label: 'label', learner: 'two-class-logistic-regression' });
});
afterAll(async () => {
  await server.stop();
  await closePostbox();
});

it('sends what an alert tells, with figure, limit, window, value and link', async () => {
  const emails = ['anna@example.com', 'ben@example.com'];
  await client.post('/endpoints/parity/alerts', { name: 'quiet', rule: rule(emails, { threshold: 1 }) });
  await server.running.services.monitoring.look();
  const { items, history, mailFrom } = await client.get<{ items: { rule: { emails: string[] } }[]; history: News[]; mailFrom: string }>(
    '/endpoints/parity/alerts',
  );
  expect(mailFrom).toBe('Studio <studio@example.com>');
  expect(items[0]!.rule.emails).toEqual(emails);
  expect(history).toMatchObject([{ type: 'firing', delivery: null, mail: { status: 'sent', attempts: 1, code: 250, detail: null } }]);
  const [letter] = letters;
  expect(letter!.to).toEqual(['anna@example.com', 'ben@example.com']);
  const { text } = letter!;
  expect(headOf(letter!)).toContain('Subject: ');
  expect(text).toMatch(/^From: Studio <studio@example\.com>/m);
  expect(text).toMatch(/^Message-ID: <alert-\S+@modelwright>/m);
  expect(text).toMatch(/^Auto-Submitted: auto-generated/m);
  expect(text).toContain('The number of requests is 0, below 1.');
  for (const line of [/^Endpoint: parity$/m, /^Figure: {3}number of requests$/m, /^Value: {4}0$/m, /^Limit: {4}below 1$/m, /^Window: {3}the last 5 min$/m])
    expect(text.replaceAll('\r', '')).toMatch(line);
  expect(text).toContain(`${server.url}/endpoints/parity?tab=monitoring`);
});

it('lets no text begin a header of its own', async () => {
  letters.length = 0;
  const id = await make('late\r\nBcc: eve@example.com\r\n\r\nhello', ['anna@example.com']);
  expect((await tryOut(id)).mail).toMatchObject({ status: 'sent' });
  expect(letters.map(({ to }) => to)).toEqual([['anna@example.com']]);
  expect(headOf(letters[0]!)).not.toMatch(/^Bcc:/im);
  expect(headOf(letters[0]!)).toMatch(/^Subject: /m);
  for (const emails of [
    ['anna@example.com\r\nBcc: eve@example.com'],
    ['<anna@example.com>'],
    ['anna'],
    ['a@example.com', 'A@example.com'],
    Array.from({ length: 11 }, (_, index) => `a${index}@example.com`),
  ]) {
    const refused = await client.request('/endpoints/parity/alerts', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'no', rule: rule(emails) }),
    });
    expect([emails[0], refused.status]).toEqual([emails[0], 422]);
  }
});

it('tells who was refused, and asks again where that may help', async () => {
  letters.length = 0;
  refusals.set('gone@example.com', { code: 550, times: 9 }).set('busy@example.com', { code: 451, times: 1 });
  const id = await make('partly', ['anna@example.com', 'gone@example.com', 'busy@example.com']);
  const { mail } = await tryOut(id);
  expect(mail).toMatchObject({ status: 'sent', attempts: 2, detail: expect.stringMatching(/^gone@example\.com: 550 No such mailbox$/) });
  expect(letters.map(({ to }) => to)).toEqual([['anna@example.com'], ['busy@example.com']]);
  const nobody = await tryOut(await make('nobody', ['gone@example.com']));
  expect(nobody.mail).toMatchObject({ status: 'failed', attempts: 1, code: 550, detail: 'gone@example.com: 550 No such mailbox' });
});

it('keeps its password out of answers, logs and the data folder', async () => {
  const id = await make('refused', ['anna@example.com']);
  taken = false;
  const { mail } = await tryOut(id);
  taken = true;
  expect(mail).toMatchObject({ status: 'failed', attempts: 1, code: 535, detail: expect.stringContaining('No ••• of ours') });
  const history = await (await client.request('/endpoints/parity/alerts')).text();
  expect(history + lines.join('') + JSON.stringify(server.running.services.environment)).not.toContain(PASSWORD);
  const files = readdirSync(server.dataFolder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile());
  for (const file of files) expect([file.name, readFileSync(join(file.parentPath, file.name)).includes(PASSWORD)]).toEqual([file.name, false]);
});

it('gives up after three tries when the server is away, and says so', async () => {
  const id = await make('away', ['anna@example.com', 'ben@example.com']);
  await closePostbox();
  const { mail } = await tryOut(id);
  await openPostbox(port);
  expect(mail).toMatchObject({
    status: 'failed',
    attempts: 3,
    code: null,
    detail: expect.stringMatching(/^anna@example\.com, ben@example\.com: .*ECONNREFUSED.*$/),
  });
  expect((await tryOut(id)).mail).toMatchObject({ status: 'sent' });
});

it('says what to do where no mail server is set', async () => {
  const folder = server.dataFolder;
  await server.stop({ keep: true });
  server = await startServer({ dataFolder: folder, environment: { mail: null } });
  client = await signIn(server.url, server.signInLink);
  const { items, mailFrom } = await client.get<{ items: { id: string }[]; mailFrom: string | null }>('/endpoints/parity/alerts');
  expect(mailFrom).toBeNull();
  expect((await tryOut(items[0]!.id)).mail).toMatchObject({ status: 'failed', attempts: 0, detail: expect.stringContaining('MODELWRIGHT_SMTP_URL') });
});

it('reads the address of the mail server, and never repeats it', () => {
  const read = (url: string, from = 'a@example.com') => readEnvironment({ MODELWRIGHT_SMTP_URL: url, MODELWRIGHT_MAIL_FROM: from });
  expect(readEnvironment({}).mail).toBeNull();
  expect(read('smtps://mail.example.com').mail).toMatchObject({ host: 'mail.example.com', port: 465, secure: true, user: null });
  expect(read('smtp://u:p%40ss@[::1]:25').mail).toMatchObject({ host: '::1', port: 25, secure: false, user: 'u' });
  expect(read('smtp://u:p%40ss@[::1]:25').mail!.password()).toBe('p@ss');
  const wrong = [
    'http://u:canary@mail.example.com',
    'smtp://u:canary',
    'mail.example.com',
    'smtp://:canary@mail.example.com',
    'smtp://u:canary%@mail.example.com',
    'smtp://u:canary@h/x',
  ];
  for (const url of wrong) {
    const attempt = () => read(url);
    expect(attempt, url).toThrow(/MODELWRIGHT_SMTP_URL: Not an address/);
    expect(attempt, url).not.toThrow(/canary/);
  }
  for (const from of ['', 'nobody', 'a@example.com\nBcc: b@example.com', 'A <a@example.com>, b@example.com'])
    expect(() => read('smtp://mail.example.com', from)).toThrow(/MODELWRIGHT_MAIL_FROM/);
});
