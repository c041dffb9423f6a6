import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { PipelineDocument } from '#pipelines/document.ts';
import { launchBrowser } from './browser.ts';
import { startServer, type TestServer } from './server.ts';

/** A signed-in person at the designer: one server, one browser, one page, and the words for what is on it. */
export class DesignerPage {
  readonly server: TestServer;
  readonly context: BrowserContext;
  readonly page: Page;
  /** What was thrown on the page. */
  readonly thrown: string[] = [];
  readonly #browser: Browser;

  constructor(server: TestServer, browser: Browser, context: BrowserContext, page: Page) {
    this.server = server;
    this.context = context;
    this.page = page;
    this.#browser = browser;
    page.on('pageerror', (error) => this.thrown.push(error.message));
  }

  static async start(viewport = { width: 1440, height: 900 }): Promise<DesignerPage> {
    const server = await startServer();
    const browser = await launchBrowser();
    const context = await browser.newContext({ viewport, reducedMotion: 'reduce' });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
    const page = await context.newPage();
    const designer = new DesignerPage(server, browser, context, page);
    await page.goto(server.signInLink);
    await page.getByRole('heading', { name: 'Samples' }).waitFor();
    return designer;
  }

  async stop(): Promise<void> {
    await this.#browser.close();
    await this.server.stop();
  }

  async ask<T>(method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, data?: unknown): Promise<T> {
    const response = await this.context.request.fetch(`${this.server.url}/api/v1${path}`, { method, data, headers: { origin: this.server.url } });
    if (!response.ok()) throw new Error(`${method} ${path}: ${response.status()} ${await response.text()}`);
    return (await response.json()) as T;
  }

  /** Makes a pipeline of what is given, and opens it. */
  async make(document: Partial<PipelineDocument> & { name: string }): Promise<string> {
    const { id } = await this.ask<{ id: string }>('POST', '/pipelines', { document: { formatVersion: 1, nodes: [], edges: [], layout: {}, ...document } });
    await this.open(id);
    return id;
  }

  async open(id: string): Promise<void> {
    await this.page.goto(`${this.server.url}/pipelines/${id}`);
    await this.canvas().waitFor();
  }

  /** The saved document, after what is on the screen is saved. */
  async saved(id: string): Promise<PipelineDocument> {
    await this.page.keyboard.press('Control+s');
    await this.page.getByText(/^Draft · saved/).waitFor();
    return (await this.ask<{ document: PipelineDocument }>('GET', `/pipelines/${id}`)).document;
  }

  canvas(): Locator {
    return this.page.getByRole('region', { name: 'Canvas', exact: true });
  }

  card(name: string): Locator {
    return this.page
      .locator('article[aria-roledescription="node"]')
      .filter({ has: this.page.getByText(name, { exact: true }) })
      .first();
  }

  /** Waits until a card's spoken words fit. */
  async says(name: string, words: RegExp): Promise<void> {
    await expect.poll(() => this.card(name).getAttribute('aria-label')).toMatch(words);
  }

  get inspector(): Locator {
    return this.page.getByRole('complementary', { name: 'Inspector' });
  }

  undoButton(): Locator {
    return this.page.getByRole('button', { name: /^Undo: |^Nothing to undo/ });
  }

  redoButton(): Locator {
    return this.page.getByRole('button', { name: /^Redo: |^Nothing to redo/ });
  }

  /** Chooses a node, and waits until the inspector tells of it. */
  async choose(name: string): Promise<void> {
    await this.card(name).click({ position: { x: 100, y: 14 } });
    await this.inspector.getByRole('heading', { name, exact: true }).waitFor();
  }

  /** Closes what is open over the page; the first Escape may take a tip away. */
  async closeDialog(): Promise<void> {
    await expect
      .poll(async () => {
        await this.page.keyboard.press('Escape');
        return this.page.getByRole('dialog').count();
      })
      .toBe(0);
  }
}
