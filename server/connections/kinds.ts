import type { ConnectionKind } from './kind.ts';
import { folder } from './kinds/folder.ts';
import { mysql } from './kinds/mysql.ts';
import { postgresql } from './kinds/postgresql.ts';

/** Every kind of connection, in the order of the screens. */
export const CONNECTION_KINDS: readonly ConnectionKind[] = [folder, postgresql, mysql];

export const findKind = (kind: string): ConnectionKind | undefined => CONNECTION_KINDS.find((each) => each.kind === kind);
