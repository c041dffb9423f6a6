import { z } from '@hono/zod-openapi';
import { FREQUENCIES } from '../scheduler/timing.ts';
import { assetName, parameterValues } from './router.ts';

const name = z.string().trim().min(1).max(200);
const cron = z.string().trim().min(1).max(200).openapi({ description: 'Five fields: minute, hour, day of the month, month, weekday.', example: '0 6 * * 1-5' });
export const timeZone = z.string().min(1).max(100).openapi({ example: 'Europe/Berlin' });
const id = z.string().min(1).max(100);
export const instant = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

const recurrence = z
  .strictObject({
    frequency: z.enum(FREQUENCIES),
    interval: z.int().min(1).max(10_000).default(1),
    times: z
      .array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'A time of day such as 06:00.'))
      .max(50)
      .optional(),
    weekdays: z.array(z.int().min(0).max(6)).max(7).optional().openapi({ description: 'Of weeks: 0 is Sunday.' }),
    monthDays: z
      .array(z.union([z.int().min(1).max(31), z.literal(-1)]))
      .max(32)
      .optional()
      .openapi({ description: 'Of months; -1 is the last day.' }),
  })
  .openapi({ description: 'Every so many minutes, hours, days, weeks or months.' });

const event = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('dataset'), dataset: assetName }),
  z.strictObject({ kind: z.literal('pipeline'), pipelineId: id }),
  z.strictObject({
    kind: z.literal('files'),
    connection: assetName,
    path: z.string().max(1_000).default(''),
    everySeconds: z.int().min(10).max(86_400).default(300),
  }),
  z.strictObject({ kind: z.literal('alert'), subject: z.string().max(200).default('') }),
]);

const when = { cron: cron.optional(), recurrence: recurrence.optional(), event: event.optional() };
const isOne = (each: { cron?: unknown; recurrence?: unknown; event?: unknown }): number =>
  [each.cron, each.recurrence, each.event].filter((one) => one !== undefined).length;
const ONE = 'Give one of cron, recurrence and event.';

/** A dataset as `name`, as `name:3`, or as an object. */
export const datasetAssignments = z
  .record(
    id,
    z.union([
      z.strictObject({ name: assetName, version: z.int().min(1).nullable().default(null) }),
      z
        .string()
        .min(1)
        .max(120)
        .transform((text) => {
          const [, dataset = text, version = null] = /^(.*):(\d{1,9})$/.exec(text) ?? [];
          return { name: dataset, version: version === null ? null : Number(version) };
        }),
    ]),
  )
  .openapi({ description: 'Datasets for the parameters that take one: name, name:version, or both as an object.' });

const policies = {
  startAt: instant.nullable(),
  endAt: instant.nullable(),
  endAfter: z.int().min(1).max(1_000_000).nullable().openapi({ description: 'Ends after so many runs.' }),
  overlap: z.enum(['skip', 'queue', 'cancel']).openapi({ description: 'When the run before has not ended: skip the slot, wait for it, or cancel it.' }),
  catchUp: z.enum(['skip', 'once', 'all']).openapi({ description: 'Of slots missed while the server was down: none, the newest, or all.' }),
  catchUpSeconds: z
    .int()
    .min(0)
    .max(31 * 86_400),
  catchUpMost: z.int().min(1).max(100),
  jitterSeconds: z.int().min(0).max(86_400),
  pauseAfter: z.int().min(0).max(1_000).openapi({ description: 'Pauses after so many runs in a row that failed; 0 = never.' }),
};
const optional = z.object(policies).partial().shape;

export const newSchedule = z
  .strictObject({
    name,
    pipelineId: id,
    ...when,
    timeZone: timeZone.default('UTC'),
    parameters: parameterValues.default({}),
    datasets: datasetAssignments.default({}),
    enabled: z.boolean().default(true),
    ...optional,
  })
  .refine((each) => isOne(each) === 1, ONE);

export const scheduleChange = z
  .strictObject({
    name: name.optional(),
    ...when,
    timeZone: timeZone.optional(),
    parameters: parameterValues.optional(),
    datasets: datasetAssignments.optional(),
    enabled: z.boolean().optional(),
    ...optional,
  })
  .refine((each) => isOne(each) <= 1, ONE);

export const previewRequest = z
  .strictObject({ ...when, timeZone, startAt: instant.nullable().optional(), endAt: instant.nullable().optional(), parameters: parameterValues.optional() })
  .refine((each) => isOne(each) === 1, ONE);

export const backfillRequest = z.strictObject({
  from: instant,
  to: instant,
  missingOnly: z.boolean().default(true),
  parallel: z.int().min(1).max(20).default(2),
});
