import type { Kind } from '#nodes/kit/kinds.ts';

/** The outline of a port of each kind, around its middle. */
export const PORT_SHAPES: Readonly<Record<Kind, string>> = {
  table: 'M-3.25-4.25h6.5a1 1 0 0 1 1 1v6.5a1 1 0 0 1-1 1h-6.5a1 1 0 0 1-1-1v-6.5a1 1 0 0 1 1-1z',
  learner: 'M-4.25 0a4.25 4.25 0 1 0 8.5 0a4.25 4.25 0 1 0-8.5 0z',
  model: 'M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z',
  transform: 'M0-5.4 5.4 0 0 5.4-5.4 0z',
  images: 'M-4.25-4.25h8.5v8.5h-8.5zM-4.25 1.5-1-1 1.5 1.5 3-.25 4.25 1',
  file: 'M-4-4.75H1.25L4-2V4.75H-4z',
  report: 'M-5-4.25H5L0 5z',
};
