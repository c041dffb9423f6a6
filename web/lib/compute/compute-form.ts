import type { Compute } from '../api-types.ts';

/** The fields of the dialog as they are typed. */
export interface ComputeFields {
  readonly name: string;
  readonly description: string;
  readonly slots: string;
  readonly threads: string;
  readonly memoryMegabytes: string;
}
export type ComputeErrors = Partial<Record<keyof ComputeFields, string>>;
export type ComputeValues = Pick<Compute, 'name' | 'description' | 'slots' | 'threads' | 'memoryMegabytes'>;

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SLOTS_FOR_A_CORE = 8;
const LEAST_MEGABYTES = 128;
const MOST_MEGABYTES = 4_194_304;

const whole = (text: string): number => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN);
const between = (value: number, least: number, most: number): string | undefined =>
  value >= least && value <= most ? undefined : `A whole number from ${least} to ${most}.`;

/** Reads the dialog: the values, and what is wrong with which field. */
export function readCompute(
  fields: ComputeFields,
  { cores, taken }: { cores: number; taken: readonly string[] },
): { values: ComputeValues; errors: ComputeErrors } {
  const name = fields.name.trim();
  const values = {
    name,
    description: fields.description.trim(),
    slots: whole(fields.slots),
    threads: whole(fields.threads),
    memoryMegabytes: whole(fields.memoryMegabytes),
  };
  const wrong: Record<keyof ComputeFields, string | undefined> = {
    name: !NAME.test(name)
      ? 'Small letters, digits and hyphens, 63 at most, and a hyphen neither first nor last.'
      : taken.includes(name)
        ? `There is a compute “${name}” already.`
        : undefined,
    description: undefined,
    slots: between(values.slots, 1, Math.min(256, SLOTS_FOR_A_CORE * cores)),
    threads: between(values.threads, 1, cores),
    memoryMegabytes: between(values.memoryMegabytes, LEAST_MEGABYTES, MOST_MEGABYTES),
  };
  const errors = Object.fromEntries(Object.entries(wrong).filter(([, text]) => text !== undefined)) as ComputeErrors;
  return { values, errors };
}
