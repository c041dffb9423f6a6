import { availableParallelism, totalmem } from 'node:os';
import { createRoute, z } from '@hono/zod-openapi';
import { permit, workspaceOf } from '../auth/guard.ts';
import { usesOf, type ComputeUses } from '../compute/compute-uses.ts';
import { LOCAL, type ComputeView } from '../compute/computes.ts';
import { AppError } from '../errors.ts';
import type { ComputeLoad } from '../executor/compute-load.ts';
import type { Services } from '../services.ts';
import { body, json, none, router } from './router.ts';

const tags = ['Compute'];
const CORES = availableParallelism();
const MOST_SLOTS = Math.min(256, 8 * CORES);
const NAMES_SHOWN = 10;

const name = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'A name has small letters, digits and hyphens, 63 at most, and a hyphen neither first nor last.')
  .openapi({ example: 'small' });
const description = z.string().trim().max(500);
const slots = z
  .int()
  .min(1)
  .max(256)
  .refine(
    (count) => count <= MOST_SLOTS,
    `With ${CORES === 1 ? 'one processor' : `${CORES} processors`} here, steps in more than ${MOST_SLOTS} slots would only slow each other down.`,
  )
  .openapi({ description: 'Steps of one slot that run at the same time.' });
const threads = z.int().min(1).max(CORES).openapi({ description: 'Threads of a step that takes one slot.' });
const memoryMegabytes = z.int().min(128).max(4_194_304).openapi({ description: 'The most that one step may use.' });

const place = {
  runId: z.string(),
  runNumber: z.int(),
  pipelineId: z.string(),
  pipelineName: z.string(),
  node: z.string(),
  name: z.string().openapi({ description: 'Of the node.' }),
  slots: z.int(),
};
const counts = {
  used: z.int().openapi({ description: 'Slots in use.' }),
  waiting: z.int().openapi({ description: 'Steps that wait for slots.' }),
  cpuShare: z.number().openapi({ description: 'Of the processors that its slots may use, from 0 to 1, over two seconds.' }),
  residentBytes: z.int().openapi({ description: 'Memory of the steps that run.' }),
};
const load = z.object({
  ...counts,
  running: z.array(z.object({ ...place, startedAt: z.string(), residentBytes: z.int(), cpuMilliseconds: z.number() })).readonly(),
  queue: z
    .array(z.object({ ...place, since: z.string().nullable(), place: z.int() }))
    .readonly()
    .openapi({ description: 'The first hundred, in about the order in which they will begin.' }),
  samples: z
    .array(z.object({ at: z.number().openapi({ description: 'Milliseconds since 1970.' }), ...counts }))
    .readonly()
    .openapi({ description: 'Of the last five minutes, one every two seconds.' }),
});
const compute = z
  .object({
    name,
    description,
    adapter: z.string(),
    slots: z.int(),
    threads: z.int(),
    memoryMegabytes: z.int(),
    isDefault: z.boolean(),
    createdAt: z.string().nullable(),
    load,
    confinement: z
      .enum(['cgroup-v1', 'cgroup-v2', 'data-limit', 'none'])
      .openapi({ description: 'What holds a step to its memory, besides the watcher of the memory that it uses.' }),
    machine: z.object({ cores: z.int(), memoryBytes: z.int(), freeMemoryBytes: z.int() }),
  })
  .openapi('Compute');
type ComputeAnswer = z.output<typeof compute>;

const byName = z.object({ name });
const IDLE: ComputeLoad = { used: 0, waiting: 0, residentBytes: 0, running: [], queue: [] };

/** Where steps run: what is registered, what each does now, and changing it. */
export function computeRoutes(services: Services) {
  const { computes, runs, database } = services;
  const answer = (workspaceId: string, view: ComputeView): ComputeAnswer => {
    const open = computes.working(workspaceId).find((each) => each.name === view.name);
    const samples = open ? services.loadHistory.of(open) : [];
    return {
      ...view,
      load: { ...(open ? runs.computeLoad(open) : IDLE), cpuShare: samples.at(-1)?.cpuShare ?? 0, samples },
      confinement: services.pool.confinement,
      machine: machine(),
    };
  };
  const refuseWhenNeeded = (workspaceId: string, wanted: string): void => {
    computes.get(workspaceId, wanted);
    if (wanted === LOCAL) throw new AppError(409, 'The compute "local" is always there. Change its slots instead.', { code: 'compute_always_there' });
    const open = computes.working(workspaceId).find((each) => each.name === wanted);
    if (open && runs.usesCompute(open))
      throw new AppError(409, `Runs under way have steps for "${wanted}". Wait until they have ended, or cancel them.`, { code: 'compute_in_use' });
    const uses = usesOf(database, { workspaceId, name: wanted, most: NAMES_SHOWN + 1 });
    if (uses.runs.length > 0 || uses.pipelines.length > 0) throw new AppError(409, useWords(wanted, uses), { code: 'compute_in_use' });
  };
  return router()
    .openapi(
      createRoute({
        method: 'get',
        path: '/computes',
        tags,
        summary: 'Registered computes with their load, `local` first',
        middleware: permit('read', 'compute'),
        responses: { 200: json(z.object({ items: z.array(compute) }), 'All of them.') },
      }),
      (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        return c.json({ items: computes.list(workspaceId).map((view) => answer(workspaceId, view)) }, 200);
      },
    )
    .openapi(
      createRoute({
        method: 'post',
        path: '/computes',
        tags,
        summary: 'Register a compute on this machine',
        middleware: permit('write', 'compute'),
        request: body(z.strictObject({ name, description: description.optional(), slots, threads: threads.optional(), memoryMegabytes })),
        responses: { 201: json(compute, 'Registered.') },
      }),
      (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { name: wanted, ...change } = c.req.valid('json');
        return c.json(answer(workspaceId, computes.create(workspaceId, wanted, change)), 201);
      },
    )
    .openapi(
      createRoute({
        method: 'get',
        path: '/computes/{name}',
        tags,
        summary: 'A compute with its load',
        middleware: permit('read', 'compute'),
        request: { params: byName },
        responses: { 200: json(compute, 'The compute.') },
      }),
      (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        return c.json(answer(workspaceId, computes.get(workspaceId, c.req.valid('param').name)), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/computes/{name}',
        tags,
        summary: 'Change a compute',
        description: 'Steps that run keep what they were given. Steps that wait begin at once when there are more slots.',
        middleware: permit('write', 'compute'),
        request: { params: byName, ...body(z.strictObject({ description: description.optional(), slots, threads, memoryMegabytes })) },
        responses: { 200: json(compute, 'Changed.') },
      }),
      (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const changed = computes.update(workspaceId, c.req.valid('param').name, c.req.valid('json'));
        runs.offerSlots();
        return c.json(answer(workspaceId, changed), 200);
      },
    )
    .openapi(
      createRoute({
        method: 'delete',
        path: '/computes/{name}',
        tags,
        summary: 'Take a compute away',
        description:
          'Refused for `local`, while a run under way has steps for it, and while a pipeline or a run that waits names it. A default goes back to `local`.',
        middleware: permit('write', 'compute'),
        request: { params: byName },
        responses: { 204: none('Gone.') },
      }),
      (c) => {
        const workspaceId = workspaceOf(c.get('principal'));
        const { name: wanted } = c.req.valid('param');
        refuseWhenNeeded(workspaceId, wanted);
        computes.remove(workspaceId, wanted);
        return c.body(null, 204);
      },
    )
    .openapi(
      createRoute({
        method: 'put',
        path: '/computes/{name}/default',
        tags,
        summary: 'Make a compute the default of the workspace',
        description: 'Runs that begin from now on use it wherever no policy names another.',
        middleware: permit('write', 'compute'),
        request: { params: byName },
        responses: { 204: none('It is.') },
      }),
      (c) => {
        computes.makeDefault(workspaceOf(c.get('principal')), c.req.valid('param').name);
        return c.body(null, 204);
      },
    );
}

/** What this machine has, or what a container leaves of it. */
function machine(): ComputeAnswer['machine'] {
  const memoryBytes = totalmem();
  const constrained = process.constrainedMemory();
  return {
    cores: CORES,
    memoryBytes: constrained > 0 && constrained < memoryBytes ? constrained : memoryBytes,
    freeMemoryBytes: process.availableMemory(),
  };
}

function useWords(wanted: string, { pipelines, runs }: ComputeUses): string {
  const listed = (texts: readonly string[]): string => `${texts.slice(0, NAMES_SHOWN).join(', ')}${texts.length > NAMES_SHOWN ? ' and others' : ''}`;
  return runs.length > 0
    ? `Runs that have not ended name "${wanted}": ${listed(runs.map(({ number, pipelineName }) => `run ${number} of "${pipelineName}"`))}. Wait for them, or cancel them.`
    : `Pipelines name "${wanted}": ${listed(pipelines.map((each) => `"${each}"`))}. Choose another compute there under "How it runs".`;
}
