import { fit, fullSize, goes, leave, tidyUp, wire, zoomIn, zoomOut } from './canvas.ts';
import type { Command } from './command.ts';
import { arranges, nudges, snap } from './arrange.ts';
import { groupCommands } from './groups.ts';
import { copy, cut, duplicate, paste } from './clipboard.ts';
import { note, redo, remove, rename, selectAll, undo } from './edit.ts';
import { togglePin, toggleDisabled } from './running.ts';
import { cancelRun, resumeRun, runAll, runForced, runFrom, runNode, runSettings, runToHere } from './run.ts';
import { find, foldInspector, foldLibrary, foldPanel, keysList, listView, minimap, palette, preview, save, settings } from './show.ts';

/** Everything that can be done by key or from a menu. */
export const commands: readonly Command[] = [
  runAll,
  runToHere,
  runNode,
  runFrom,
  runForced,
  runSettings,
  resumeRun,
  cancelRun,
  undo,
  redo,
  copy,
  cut,
  paste,
  duplicate,
  remove,
  rename,
  selectAll,
  note,
  toggleDisabled,
  togglePin,
  save,
  ...groupCommands,
  ...arranges,
  ...nudges,
  snap,
  ...goes,
  wire,
  leave,
  fit,
  zoomIn,
  zoomOut,
  fullSize,
  tidyUp,
  palette,
  find,
  settings,
  preview,
  keysList,
  listView,
  minimap,
  foldLibrary,
  foldInspector,
  foldPanel,
];
