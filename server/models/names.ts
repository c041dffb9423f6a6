import { z } from '@hono/zod-openapi';

export const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
/** An alias is told from a version by its first character. */
export const MODEL_ALIAS = /^[a-z][a-z0-9_-]{0,49}$/;

export const modelName = z.string().regex(MODEL_NAME, 'Begin with a letter or digit; letters, digits, ".", "_" and "-" only.');
export const modelAlias = z
  .string()
  .regex(MODEL_ALIAS, 'An alias begins with a small letter; small letters, digits, "_" and "-" only, at most 50.')
  .refine((alias) => alias !== 'latest', '"latest" always means the newest version.');
/** Keys and values as people write them. */
export const modelTags = z
  .record(z.string().trim().min(1).max(50), z.string().max(200))
  .refine((tags) => Object.keys(tags).length <= 50, 'At most 50 tags.')
  .refine((tags) => !Object.hasOwn(tags, '__proto__'), 'This key cannot be used.');
