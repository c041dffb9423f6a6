import type { ConnectionKind } from './kind.ts';

/** Every kind of connection, in the order of the screens; each is loaded when it is first needed, since most bring a driver. */
export const CONNECTION_KINDS: Readonly<Record<string, () => Promise<{ default: ConnectionKind }>>> = {};
