import { readFileSync } from 'node:fs';
import { startServer } from './test/support/server.ts';
import { launchBrowser } from './test/support/browser.ts';
import { deployTable } from './test/support/endpoint.ts';
import { signIn } from './test/support/client.ts';
const server = await startServer();
const client = await signIn(server.url, server.signInLink);
const csv = readFileSync('pipelines/samples/data/breast-cancer.csv', 'utf8');
const made = await deployTable(client, 'biopsies', csv, { label: 'Class', learner: 'two-class-boosted-decision-tree' });
await client.post(`/pipelines/${made.inferenceId}/deploy`, { endpoint: 'biopsies' });
const runs = await client.get<{ items: { id: string }[] }>('/runs');
const endpoint = await client.get<any>('/endpoints/biopsies');
for (let i = 0; i < 60; i++) await fetch(`${server.url}${endpoint.url}`, { method: 'POST', headers: { authorization: `Bearer ${made.key}`, 'content-type': 'application/json' }, body: JSON.stringify({ rows: [endpoint.sample] }) });
const reg = await client.request('/models', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'biopsies-model', runId: runs.items[0]!.id, node: 'train' }) });
console.log('register', reg.status, (await reg.text()).slice(0, 200));
const pe = await client.request('/pipeline-endpoints', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'retrain', pipelineId: made.pipelineId }) });
const peText = await pe.text(); console.log('publish', pe.status, peText.slice(0, 200));
const sc = await client.request('/schedules', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ name: 'Every night', pipelineId: made.pipelineId, cron: '0 2 * * *', timeZone: 'Europe/Berlin', parameters: {}, enabled: true }) });
const scText = await sc.text(); console.log('schedule', sc.status, scText.slice(0, 200));
const browser = await launchBrowser();
const pages: [string, string, ((page: any) => Promise<void>)?][] = [
  ['endpoints', '/endpoints'], ['endpoint', '/endpoints/biopsies'],
  ...['Deployments', 'Test', 'Consume', 'Monitoring', 'Events'].map((tab): any => [`endpoint-${tab}`, '/endpoints/biopsies', async (page: any) => { const t = page.getByRole('tab', { name: tab }); if (await t.count()) await t.first().click(); else console.log('no tab', tab); await page.waitForTimeout(700); }]),
  ['models', '/models'], ['model', '/models/biopsies-model'],
  ...['Versions', 'Compare', 'Lineage', 'Card'].map((tab): any => [`model-${tab}`, '/models/biopsies-model', async (page: any) => { const t = page.getByRole('tab', { name: tab }); if (await t.count()) await t.first().click(); else console.log('no tab', tab); await page.waitForTimeout(700); }]),
  ['schedules', '/schedules'],
  ...(pe.status < 300 ? [['pipeline-endpoint', `/pipeline-endpoints/${JSON.parse(peText).id}`] as any] : []),
  ...(sc.status < 300 ? [['schedule', `/schedules/${JSON.parse(scText).id}`] as any] : []),
  ['home', '/'], ['designer', `/pipelines/${made.pipelineId}`],
];
for (const [theme, width, height] of [['light', 1280, 720], ['dark', 1440, 900]] as const) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.on('pageerror', (e) => console.log('PAGEERROR', e.message));
  page.on('console', (m) => { if (m.type() === 'error') console.log('CONSOLE', m.text().slice(0, 200)); });
  await page.goto(server.running.signInLink()); await page.waitForTimeout(2500);
  for (const [name, path, act] of pages) {
    try { await page.goto(server.url + path); await page.waitForLoadState('networkidle').catch(() => {}); await page.waitForTimeout(500); if (act) await act(page); await page.screenshot({ path: `/tmp/speed/pics/${name}-${theme}.png` }); } catch (e) { console.log(name, String(e).slice(0, 200)); }
  }
  await context.close();
}
await browser.close(); await server.stop(); process.exit(0);
