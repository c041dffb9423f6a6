import type { AnyNode, Assets } from '#nodes/kit/define.ts';
import type { TableSchema } from '#nodes/kit/table.ts';
import type { PortSpecs } from '../propagate.ts';
import type { HelperName } from './helpers.ts';

/** One node, ready to be said in Python. */
export interface ScriptStep {
  readonly definition: AnyNode;
  /** Parsed, with defaults. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Input port → variable that holds it. Ports without a wire are absent. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Output port → variable to set. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly specs: PortSpecs;
  /** Schema of the first table that enters; undefined where it is not known wholly. */
  readonly table: TableSchema | undefined;
  /** Schema of a dataset or file of the workspace. */
  readonly assets: Assets;
}
/** The Python of a node. */
export interface Translation {
  readonly lines: readonly string[];
  /** Import lines such as `import pandas as pd`. */
  readonly imports?: readonly string[];
  readonly helpers?: readonly HelperName[];
}
/** Null where these parameters have no translation. */
export type ToPython = (step: ScriptStep) => Translation | null;
/** How a node type is said in Python. */
export interface Translator {
  /** Parameters that the translation takes into account; any other must be at its default, or the node counts as not translated. */
  readonly uses: readonly string[];
  readonly toPython: ToPython;
}
