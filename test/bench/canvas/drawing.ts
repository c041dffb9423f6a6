import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { svelte, vitePreprocess } from '@sveltejs/vite-plugin-svelte';
import type { BrowserContext, CDPSession, Page } from 'playwright-core';
import { build } from 'vite';
import { launchBrowser } from '#test/support/browser.ts';
import { startServer } from '#test/support/server.ts';
import { median } from '../peers.ts';
import type { BenchRow } from '../types.ts';
import { longPipeline } from './documents.ts';

const STEPS = 16;
const FAR_ROWS = ['open', 'frame, pan', 'frame, drag'];
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

interface Motion {
  /** Frames in a second. */
  readonly rate: number;
  /** Median milliseconds of scripts in one frame. */
  readonly script: number;
}

/** What each of a row of movements by mouse costs; every one waits for its frame. */
async function motion(page: Page, move: (step: number) => Promise<void>): Promise<Motion> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send('Performance.enable');
  const scripts = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'ScriptDuration')?.value ?? 0);
  };
  const [frames, times]: [number[], number[]] = [[], []];
  for (let step = 0; step < STEPS; step += 1) {
    const before = await scripts();
    const start = performance.now();
    await move(step);
    await page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));
    frames.push(performance.now() - start);
    times.push((await scripts()) - before);
  }
  await session.detach();
  // Two frames a movement: the one that it causes and the next, which comes when that one is drawn.
  return { rate: 2000 / median(frames), script: median(times) / 2 };
}

async function pan(page: Page): Promise<Motion> {
  await page.mouse.move(720, 420);
  await page.mouse.down({ button: 'middle' });
  const moved = await motion(page, (step) => page.mouse.move(720 + 4 * (step % 20), 420 + 3 * (step % 20)));
  await page.mouse.up({ button: 'middle' });
  return moved;
}

async function zoom(page: Page): Promise<Motion> {
  await page.mouse.move(720, 420);
  return motion(page, (step) => page.mouse.wheel(0, step % 20 < 10 ? -40 : 40));
}

async function drag(page: Page): Promise<Motion> {
  const box = await page.locator('[data-node]').nth(40).boundingBox();
  if (!box) throw new Error('No card is seen.');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  const moved = await motion(page, (step) => page.mouse.move(x + 3 * step, y + 2 * step));
  await page.mouse.up();
  return moved;
}

/** xyflow alone with 300 of its own nodes, built for this. */
async function bare(context: BrowserContext): Promise<{ pan: Motion; zoom: Motion }> {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-bare-'));
  try {
    await build({
      configFile: false,
      root: join(import.meta.dirname, 'bare'),
      logLevel: 'error',
      plugins: [svelte({ configFile: false, preprocess: vitePreprocess() })],
      build: { outDir: folder, emptyOutDir: true },
    });
    const page = await context.newPage();
    await page.route('http://bare.test/**', (route) => {
      const name = new URL(route.request().url()).pathname.replace(/\/$/, '/index.html');
      return route.fulfill({ body: readFileSync(join(folder, name)), contentType: TYPES[extname(name)] ?? 'text/plain' });
    });
    await page.goto('http://bare.test/');
    await page.locator('.svelte-flow__node').nth(299).waitFor();
    const moved = { pan: await pan(page), zoom: await zoom(page) };
    await page.close();
    return moved;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How the designer draws large pipelines, in Chromium with software rendering. */
export async function drawing(only: string): Promise<BenchRow[]> {
  const server = await startServer();
  const browser = await launchBrowser();
  try {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(server.signInLink);
    await page.getByRole('navigation').first().waitFor();
    /** Opens a new pipeline of `count` nodes; gives the milliseconds from its address to all of its cards on the screen. */
    const open = async (count: number, across: number): Promise<number> => {
      const response = await context.request.post(`${server.url}/api/v1/pipelines`, {
        data: { document: longPipeline(count, across) },
        headers: { origin: server.url },
      });
      if (!response.ok()) throw new Error(`The pipeline was not made: ${response.status()} ${await response.text()}`);
      const { id } = (await response.json()) as { id: string };
      await page.goto(`${server.url}/pipelines/${id}`);
      await page
        .locator('[data-node]')
        .nth(count - 1)
        .waitFor({ state: 'attached' });
      return page.evaluate(() => new Promise<number>((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()), 0))));
    };
    const rows: BenchRow[] = [];
    const wanted = (name: string): boolean => name.includes(only);
    if (wanted('300 nodes: pan') || wanted('300 nodes: zoom')) {
      await open(300, 20);
      const ours = { pan: await pan(page), zoom: await zoom(page) };
      await page.goto('about:blank');
      const peer = await bare(context);
      for (const way of ['pan', 'zoom'] as const) {
        const [mine, other] = [ours[way].rate, peer[way].rate];
        rows.push({ what: `300 nodes: ${way}, frames`, unit: '/s', ours: mine, peer: other, peerName: 'xyflow alone', ratio: mine / other });
      }
    }
    const alone = (what: string, unit: 'ms' | 's', ours: number): BenchRow => ({ what, unit, ours, peer: null, peerName: null, ratio: null });
    const far = async (count: number, across: number): Promise<void> => {
      const name = `${count.toLocaleString('en-US')} nodes`;
      if (!FAR_ROWS.some((row) => wanted(`${name} ${row}`))) return;
      rows.push(alone(`${name} open, from the address to all cards`, 's', (await open(count, across)) / 1000));
      rows.push(alone(`${name} frame, pan: scripts, median`, 'ms', (await pan(page)).script));
      rows.push(alone(`${name} frame, drag of one: scripts, median`, 'ms', (await drag(page)).script));
    };
    await far(1500, 30);
    await far(5000, 50);
    return rows;
  } finally {
    await browser.close();
    await server.stop();
  }
}
