import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];

/** What is awaited on a page comes late on a busy machine; a wait that succeeds costs nothing. */
const PATIENCE = 60_000;

/** Starts the Chromium of this machine: the one named by MODELWRIGHT_BROWSER, an installed one, or Playwright's own download. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.MODELWRIGHT_BROWSER ?? installed.find((path) => existsSync(path));
  const browser = await chromium.launch({
    executablePath,
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
      '--no-first-run',
    ],
  });
  browser.on('context', (context) => context.setDefaultTimeout(PATIENCE));
  return browser;
}
