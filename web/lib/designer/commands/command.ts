import type { IconName } from '../../ui/icons.ts';
import type { Designer } from '../designer.svelte.ts';

/** One thing that can be done in the designer: what menus, keys and the list of keys are made of. */
export interface Command {
  readonly name: string;
  readonly title: string;
  /** What it would do now, where that says more than the title. */
  titleNow?(designer: Designer): string;
  readonly group: 'Run' | 'Edit' | 'Arrange' | 'Canvas' | 'Find and show';
  /** Keys such as `Mod+Shift+Z`; Mod is Ctrl, or Cmd on a Mac. Several ways are allowed. */
  readonly keys: readonly string[];
  readonly icon?: IconName;
  /** Only while the canvas itself has the focus, not another region. */
  readonly onCanvas?: boolean;
  enabled(designer: Designer): boolean;
  run(designer: Designer): void | Promise<void>;
}
