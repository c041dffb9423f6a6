import { z } from 'zod';

/** The entries of samples.json, in the order of the gallery. Beside it lie `<id>.pipeline.json` and `data/<dataset.file>`. */
export const sampleList = z.array(
  z.object({
    id: z.string().regex(/^[a-z0-9-]+$/),
    title: z.string(),
    question: z.string(),
    summary: z.string(),
    task: z.enum(['two-class', 'multiclass', 'regression', 'clustering', 'anomaly']),
    dataset: z.object({
      name: z.string(),
      file: z.string().regex(/^[a-z0-9-]+\.csv$/),
      rowCount: z.int(),
      columnCount: z.int(),
      summary: z.string(),
      licence: z.string(),
      /** How the values of one column spread, for the card. */
      picture: z.object({ column: z.string(), counts: z.array(z.int()) }),
    }),
  }),
);
export type Sample = z.output<typeof sampleList>[number];
