/** Who asks. Accounts and roles come in here later; until then every signed-in person owns the one workspace. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'person'; readonly name: string; readonly workspaceId: string; readonly sessionId: string }
  | { readonly kind: 'token'; readonly name: string; readonly workspaceId: string; readonly tokenId: string };

export const ANONYMOUS: Principal = { kind: 'anonymous' };

export type Action = 'read' | 'write' | 'run' | 'score' | 'reveal';

/** What is asked for: a kind of asset, and, once it is known, the workspace that holds it. */
export interface Subject {
  readonly kind:
    | 'session'
    | 'token'
    | 'node'
    | 'pipeline'
    | 'sample'
    | 'run'
    | 'artifact'
    | 'dataset'
    | 'file'
    | 'model'
    | 'endpoint'
    | 'schedule'
    | 'trigger'
    | 'compute'
    | 'connection'
    | 'system';
  readonly workspaceId?: string;
}

/**
 * The one decision that every route and every object passes. An API token may do all that its workspace holds, except what needs a person at
 * the screen: making tokens and seeing the keys of endpoints.
 */
export function can(principal: Principal, action: Action, subject: Subject): boolean {
  if (principal.kind === 'anonymous') return false;
  if (subject.workspaceId !== undefined && subject.workspaceId !== principal.workspaceId) return false;
  if (principal.kind === 'token') {
    if (action === 'reveal') return false;
    if (subject.kind === 'token' && action === 'write') return false;
  }
  return true;
}
