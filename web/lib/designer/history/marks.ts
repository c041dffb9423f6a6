import type { Mark } from '#pipelines/compare.ts';
import type { IconName } from '../../ui/icons.ts';

/** What marks of a comparison are called, and the sign beside the word, so that colour is never alone. */
export const MARKS: Readonly<Record<Mark, { readonly word: string; readonly icon: IconName }>> = {
  added: { word: 'Added', icon: 'plus' },
  removed: { word: 'Removed', icon: 'x' },
  changed: { word: 'Changed', icon: 'edit' },
};
