import { NodeError } from '#nodes/kit/issues.ts';
import type { OpenConnection } from './kind.ts';
import { findKind } from './kinds.ts';
import { hideSecrets } from './hide-secrets.ts';

/** All that a step process needs to open a connection. It holds secrets: it is kept in memory alone, and never in a key, an event or a log. */
export interface ConnectionSpec {
  readonly kind: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** What the owner allows on the machine on which it is opened. */
  readonly allowedHosts: readonly string[];
  readonly allowedFolders: readonly string[];
}

/** Opens a connection, in a step process; `stepId` where a step does that. Errors: `connection_missing`, `connection_refused`, `connection_failed`, `parameter_invalid`. */
export async function openConnection(spec: ConnectionSpec, signal: AbortSignal, stepId?: string): Promise<OpenConnection> {
  const kind = findKind(spec.kind);
  if (!kind) throw new NodeError('connection_missing', `There are no connections of kind “${spec.kind}” here.`);
  const settings = kind.settings.safeParse(spec.settings);
  const secrets = kind.secrets.safeParse(spec.secrets);
  const wrong = (settings.error ?? secrets.error)?.issues[0];
  if (wrong || !settings.success || !secrets.success)
    throw new NodeError('parameter_invalid', `The connection’s settings are not valid: ${wrong?.path.join('.')}: ${wrong?.message}`);
  const { allowedHosts, allowedFolders } = spec;
  return kind.open(settings.data, secrets.data, { signal, allowedHosts, allowedFolders, stepId });
}

/** Takes the secrets of connections out of texts. */
export const secretsHidden = (specs: readonly ConnectionSpec[]): ((text: string) => string) =>
  hideSecrets(specs.flatMap(({ secrets }) => Object.values(secrets)));
