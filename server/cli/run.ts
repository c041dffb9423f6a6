import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import type { PipelineDocument } from '#pipelines/document.ts';
import { AppError } from '../errors.ts';
import type { RunDetails } from '../executor/run-types.ts';
import type { Services } from '../services.ts';
import { UsageError } from './messages.ts';

const EXTENSIONS = ['csv', 'tsv', 'json', 'parquet'] as const;

/** `name=value`; the value is JSON where it reads as such, else text. */
function parametersOf(given: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    given.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw new UsageError(`--param takes NAME=VALUE, not "${text}".`);
      const value = text.slice(at + 1);
      try {
        return [text.slice(0, at), JSON.parse(value) as unknown];
      } catch {
        return [text.slice(0, at), value];
      }
    }),
  );
}

/** Names of the datasets that the pipeline's nodes read. */
function datasetNames(document: PipelineDocument, catalog: Services['catalog']): string[] {
  const names = document.nodes.flatMap((node) => {
    const definition = catalog[node.type];
    const params = definition?.params.safeParse(node.params);
    return params?.success ? (definition?.assets?.(params.data).datasets ?? []).map((use) => use.name) : [];
  });
  return [...new Set(names)].filter((name) => name !== '');
}

/** Registers what the pipeline reads and the workspace lacks: files of that name beside the pipeline first, then the samples' data. */
async function registerData(services: Services, document: PipelineDocument, folder: string): Promise<void> {
  const workspaceId = services.access.workspace.id;
  const missing: string[] = [];
  for (const name of datasetNames(document, services.catalog)) {
    if (services.datasets.find(workspaceId, name)) continue;
    const places = /^[\w.-]+$/.test(name) ? ['', 'data'].flatMap((sub) => EXTENSIONS.map((extension) => join(folder, sub, `${name}.${extension}`))) : [];
    const path = places.find((each) => existsSync(each));
    if (path) await services.datasets.ingest(workspaceId, name, { path, fileName: path.slice(dirname(path).length + 1) }, 'upload');
    else missing.push(name);
  }
  await services.samples.registerNamed(workspaceId, missing);
}

function show(run: RunDetails): void {
  console.log(`Run ${run.number} ${run.status} in ${((run.milliseconds ?? 0) / 1_000).toFixed(2)} s${run.headline === null ? '' : `, ${run.headline}`}`);
  const width = Math.max(0, ...run.steps.map((step) => step.name.length));
  for (const step of run.steps) {
    const rows = step.outputs.find((output) => output.rowCount !== null)?.rowCount;
    const facts = [step.milliseconds === null ? '' : `${Math.round(step.milliseconds)} ms`, rows === undefined ? '' : `${rows} rows`]
      .filter(Boolean)
      .join(', ');
    console.log(`  ${step.name.padEnd(width)}  ${step.status.padEnd(9)}  ${facts}${step.error ? `\n    ${step.error.message}` : ''}`);
  }
}

/** Runs a pipeline file headless. 0 = succeeded, 1 = failed, 2 = the command or the pipeline is wrong. */
export default async function runCommand(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { param: { type: 'string', multiple: true, default: [] }, data: { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length !== 1) throw new UsageError('Name one pipeline file: modelwright run FILE.');
  const path = resolve(file);
  let input: unknown;
  try {
    input = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${file} cannot be read as a pipeline: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parameters = parametersOf(values.param);
  const temporary = values.data === undefined ? mkdtempSync(join(tmpdir(), 'modelwright-run-')) : null;
  const { start } = await import('../main.ts');
  const running = await start({
    listen: false,
    dataFolder: temporary ?? values.data,
    log: pino({ level: 'error' }, pino.destination({ dest: 2, sync: true })),
    schedule: false,
  });
  try {
    const { services } = running;
    const { runs, pipelines, access } = services;
    const workspaceId = access.workspace.id;
    const document = pipelines.read(input);
    await registerData(services, document, dirname(path));
    const pipeline = pipelines.create(workspaceId, document);
    const started = await runs.start({ workspaceId, pipelineId: pipeline.id, parameters, startedBy: { kind: 'command', name: 'modelwright run' } });
    const cancel = (): void => runs.cancel(workspaceId, started.id);
    process.once('SIGINT', cancel);
    process.once('SIGTERM', cancel);
    await runs.ended(started.id);
    const run = runs.get(workspaceId, started.id);
    if (values.json) console.log(JSON.stringify(run));
    else show(run);
    return run.status === 'succeeded' ? 0 : 1;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (values.json) console.log(JSON.stringify({ status: 'refused', error: error.message, issues: error.issues ?? [] }));
    else {
      console.error(error.message);
      for (const issue of error.issues ?? [])
        console.error(`  ${issue.node ?? 'pipeline'}${issue.param === undefined ? '' : `, ${issue.param}`}: ${issue.message}`);
    }
    return 2;
  } finally {
    await running.stop();
    if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
  }
}
