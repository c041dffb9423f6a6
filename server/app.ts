import { createReadStream, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Readable } from 'node:stream';
import { join } from 'node:path';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { guard, isCall, isServerPath, permit, type AppEnv } from './auth/guard.ts';
import { ANONYMOUS } from './auth/principal.ts';
import { newId } from './db/ids.ts';
import { DOCS_PAGE, openApiDocument } from './docs.ts';
import { AppError, respondWithProblem } from './errors.ts';
import { artifactRoutes } from './routes/artifacts.ts';
import { comparisonRoutes } from './routes/comparisons.ts';
import { computeRoutes } from './routes/computes.ts';
import { connectionRoutes } from './routes/connections.ts';
import { dataRoutes } from './routes/data.ts';
import { datasetVersionRoutes } from './routes/dataset-versions.ts';
import { endpointLoadTestRoutes } from './routes/endpoint-load-tests.ts';
import { endpointMonitoringRoutes } from './routes/endpoint-monitoring.ts';
import { endpointRoutes } from './routes/endpoints.ts';
import { endpointDeploymentRoutes } from './routes/endpoint-deployments.ts';
import { modelRoutes } from './routes/models.ts';
import { modelFileRoutes } from './routes/model-files.ts';
import { modelVersionRoutes } from './routes/model-versions.ts';
import { nodeRoutes } from './routes/nodes.ts';
import { pipelineEndpointCallRoutes } from './routes/pipeline-endpoint-calls.ts';
import { pipelineEndpointRoutes } from './routes/pipeline-endpoints.ts';
import { pipelineRoomRoutes } from './routes/pipeline-rooms.ts';
import { pipelineScriptRoutes } from './routes/pipeline-script.ts';
import { pipelineCommentRoutes } from './routes/pipeline-comments.ts';
import { pipelineVersionRoutes } from './routes/pipeline-versions.ts';
import { pipelineRoutes } from './routes/pipelines.ts';
import { queryRoutes } from './routes/queries.ts';
import { runRoutes } from './routes/runs.ts';
import { sampleRoutes } from './routes/samples.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { documentScoring } from './routes/scoring-document.ts';
import { sessionRoutes } from './routes/session.ts';
import { probeRoutes, systemRoutes } from './routes/system.ts';
import { storageRoutes } from './routes/storage.ts';
import { triggerRoutes } from './routes/triggers.ts';
import { uploadRoutes } from './routes/uploads.ts';
import type { Services } from './services.ts';
import { securityHeaders, staticFiles } from './static.ts';

const MEGABYTE = 2 ** 20;
/** Bodies that are files: streamed to disk, with their own limit. */
const isUpload = (method: string, path: string): boolean =>
  (method === 'POST' && path === '/api/v1/files') ||
  (method === 'POST' && /^\/api\/v1\/models\/[^/]+\/versions$/.test(path)) ||
  (method === 'PUT' && /^\/api\/v1\/datasets\/[^/]+$/.test(path)) ||
  (method === 'PATCH' && /^\/api\/v1\/uploads\/[^/]+$/.test(path));
const webFolder = join(import.meta.dirname, '../build/web');

const LIMITS = { knock: 64 * 1024, other: 16 * MEGABYTE };
const tooLarge = (limit: number): AppError => new AppError(413, `The body is larger than ${limit / 1024} kB.`, { code: 'too_large' });

/** Limits every body, small where anyone may knock. A declared length is enough to refuse; a body without one is read up to the limit. */
const limitBodies: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { path, method } = c.req;
  if (isUpload(method, path)) return next();
  const knock = path === '/api/v1/session' || isCall(method, path);
  const limit = knock ? LIMITS.knock : LIMITS.other;
  if (Number(c.req.header('content-length') ?? 0) > limit) throw tooLarge(limit);
  if (c.req.header('transfer-encoding') !== undefined && c.req.raw.body) {
    // Hono keeps promises here, though it says values.
    c.req.bodyCache.arrayBuffer = Promise.resolve(await readUpTo(c.req.raw.body, limit)) as unknown as ArrayBuffer;
  }
  return next();
};

async function readUpTo(body: ReadableStream<Uint8Array>, limit: number): Promise<ArrayBuffer> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.byteLength;
    if (bytes > limit) throw tooLarge(limit);
    pieces.push(piece);
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole.buffer;
}

/** The declared type decides the parser: everything but uploads is JSON. */
const requireJson: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { method, path } = c.req;
  const hasBody = Number(c.req.header('content-length') ?? 0) > 0 || c.req.header('transfer-encoding') !== undefined;
  if (hasBody && ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method) && isServerPath(path) && !isUpload(method, path)) {
    const type = (c.req.header('content-type') ?? '').split(';')[0]!.trim().toLowerCase();
    if (!/^application\/(?:[a-z0-9.+-]+\+)?json$/.test(type))
      throw new AppError(415, 'Send JSON, with Content-Type: application/json.', { code: 'media_type' });
  }
  await next();
};

/** All routes, with the guard in front of each. */
export function createApp(services: Services) {
  const { log, access, version, metrics } = services;
  const app = new OpenAPIHono<AppEnv>();
  app.onError((error, c) => respondWithProblem(error, c, c.get('requestId') ?? newId(), log));
  app.use('*', async (c, next) => {
    c.set('requestId', newId());
    c.set('principal', ANONYMOUS);
    const started = performance.now();
    try {
      await next();
    } catch (thrown) {
      if (c.req.raw.signal.aborted) throw new AppError(408, 'The caller hung up before the answer was there.', { code: 'hung_up' });
      // Hono hands only Errors to onError, and some libraries throw other things.
      throw thrown instanceof Error ? thrown : new Error('Something that is no Error was thrown.', { cause: thrown });
    }
    c.res.headers.set('x-request-id', c.get('requestId'));
    metrics.observe(c.req.method, c.req.path.startsWith('/api/') ? routePath(c, -1) : c.req.path, c.res.status, performance.now() - started);
  });
  app.use('*', securityHeaders);
  app.use('*', guard(access));
  app.use('*', limitBodies);
  app.use('*', requireJson);

  const api = app
    .route('/', probeRoutes(services))
    .route('/api/v1', sessionRoutes(services))
    .route('/api/v1', nodeRoutes(services))
    .route('/api/v1', pipelineRoutes(services))
    .route('/api/v1', pipelineVersionRoutes(services))
    .route('/api/v1', pipelineCommentRoutes(services))
    .route('/api/v1', pipelineRoomRoutes(services))
    .route('/api/v1', pipelineScriptRoutes(services))
    .route('/api/v1', sampleRoutes(services))
    .route('/api/v1', runRoutes(services))
    .route('/api/v1', queryRoutes(services))
    .route('/api/v1', artifactRoutes(services))
    .route('/api/v1', comparisonRoutes(services))
    .route('/api/v1', dataRoutes(services))
    .route('/api/v1', connectionRoutes(services))
    .route('/api/v1', uploadRoutes(services))
    .route('/api/v1', datasetVersionRoutes(services))
    .route('/api/v1', modelRoutes(services))
    .route('/api/v1', modelVersionRoutes(services))
    .route('/api/v1', modelFileRoutes(services))
    .route('/api/v1', endpointRoutes(services))
    .route('/api/v1', endpointDeploymentRoutes(services))
    .route('/api/v1', endpointMonitoringRoutes(services))
    .route('/api/v1', endpointLoadTestRoutes(services))
    .route('/api/v1', scheduleRoutes(services))
    .route('/api/v1', triggerRoutes(services))
    .route('/api/v1', pipelineEndpointRoutes(services))
    .route('/api/v1', pipelineEndpointCallRoutes(services))
    .route('/api/v1', computeRoutes(services))
    .route('/api/v1', systemRoutes(services))
    .route('/api/v1', storageRoutes(services));

  documentScoring(app);
  let document: string | null = null;
  app.get('/api/openapi.json', permit('read', 'system'), (c) =>
    c.body((document ??= JSON.stringify(openApiDocument(app, version))), 200, { 'content-type': 'application/json' }),
  );
  app.get('/api/docs', permit('read', 'system'), (c) => c.html(DOCS_PAGE));
  app.get('/api/docs/rapidoc.js', permit('read', 'system'), (c) => {
    const path = createRequire(import.meta.url).resolve('rapidoc/dist/rapidoc-min.js');
    const headers = {
      'content-type': 'text/javascript; charset=utf-8',
      'content-length': String(statSync(path).size),
      'cache-control': 'private, max-age=86400',
    };
    return c.body(Readable.toWeb(createReadStream(path)) as ReadableStream, 200, headers);
  });
  app.get('/metrics', permit('read', 'system'), async (c) => {
    const { text, type } = await metrics.render();
    return c.body(text, 200, { 'content-type': type });
  });

  const pages = staticFiles(webFolder);
  app.notFound((c) => {
    if (isServerPath(c.req.path)) throw new AppError(404, `There is nothing at ${c.req.method} ${c.req.path}. See /api/docs.`, { code: 'not_found' });
    return pages(c as never);
  });
  return api;
}

export type AppType = ReturnType<typeof createApp>;
