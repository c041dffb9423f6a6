import { createHash } from 'node:crypto';
import { tableParts, tablePath } from './table-path.ts';

/** The table in which writes are noted, in the schema of the table that is written. */
const NOTES = 'modelwright_writes';

/** A step is not tried again after this. */
export const KEPT_DAYS = 30;

/** The path of the table of notes for a table that is written. Errors: `parameter_missing`, `parameter_invalid`. */
export const notesPath = (path: string): string => tablePath([...tableParts(path, 2).slice(0, -1), NOTES]);

/** The same for each try of a step that writes a table: 64 hexadecimal digits. */
export const writeKey = (stepId: string, path: string): string => createHash('sha256').update(`${stepId}\0${path}`).digest('hex');
