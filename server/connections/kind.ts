import type { z } from 'zod';
import type { ConnectionAbility, OpenConnection } from '#nodes/kit/connection.ts';

export type * from '#nodes/kit/connection.ts';

/** What a kind may use to reach the world; everything else is refused by review. */
export interface ConnectionTools {
  readonly signal: AbortSignal;
  /** Hosts (`name` or `name:port`) that may be private addresses; `outbound.ts` checks every socket. */
  readonly allowedHosts: readonly string[];
  /** Folders of this machine that connections may name, absolute; `allowed-folders.ts` checks every path. */
  readonly allowedFolders: readonly string[];
  /** The step that opens the connection, the same in each of its tries: writes of rows are noted under it. */
  readonly stepId?: string;
}

/**
 * One kind of source, such as PostgreSQL. `settings` are kept and shown as they are; `secrets` are kept encrypted and never shown again.
 * Both are objects of parameters (`nodes/kit/params.ts`), so that forms, checks and documentation come from one place. The server loads every kind
 * for its form, so a driver is imported within `open`.
 */
export interface ConnectionKind<Settings extends z.ZodObject = z.ZodObject, Secrets extends z.ZodObject = z.ZodObject> extends ConnectionAbility {
  readonly kind: string;
  readonly title: string;
  readonly summary: string;
  /** Whether it tells what it holds, so that people can look through it. */
  readonly lists: boolean;
  readonly settings: Settings;
  readonly secrets: Secrets;
  /** The settings that say where the secrets are sent, and how safely. Whoever changes one gives the secrets again. */
  readonly secretsGoTo: readonly string[];
  open(settings: z.infer<Settings>, secrets: z.infer<Secrets>, tools: ConnectionTools): Promise<OpenConnection>;
}

export function defineKind<Settings extends z.ZodObject, Secrets extends z.ZodObject>(
  kind: ConnectionKind<Settings, Secrets> & { readonly secretsGoTo: readonly (keyof Settings['shape'] & string)[] },
): ConnectionKind<Settings, Secrets> {
  return kind;
}
