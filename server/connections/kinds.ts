import type { ConnectionKind } from './kind.ts';
import { folder } from './kinds/folder.ts';
import { http } from './kinds/http.ts';
import { mysql } from './kinds/mysql.ts';
import { postgresql } from './kinds/postgresql.ts';
import { s3 } from './kinds/s3.ts';
import { sqlite } from './kinds/sqlite.ts';

/** Every kind of connection, in the order of the screens. */
export const CONNECTION_KINDS: readonly ConnectionKind[] = [folder, http, s3, postgresql, mysql, sqlite];

export const findKind = (kind: string): ConnectionKind | undefined => CONNECTION_KINDS.find((each) => each.kind === kind);
