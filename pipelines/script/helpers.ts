import { MODEL_HELPERS } from './model-helpers.ts';
import { TABLE_HELPERS } from './table-helpers.ts';
import { TEXT_HELPERS } from './text-helpers.ts';

/** A Python function or class with what it needs. */
export interface Helper {
  readonly imports: readonly string[];
  /** Other helpers. */
  readonly needs: readonly string[];
  readonly code: string;
}

/** Python functions and classes that scripts begin with, each only where it is used; those that others need stand before them. */
export const HELPERS = { ...TABLE_HELPERS, ...TEXT_HELPERS, ...MODEL_HELPERS } satisfies Readonly<Record<string, Helper>>;

export type HelperName = keyof typeof HELPERS;
