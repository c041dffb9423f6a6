import { canonicalJson } from '#pipelines/signature.ts';
import { hashText } from '../store/hashing.ts';

/** Of a connection: which place it points to, and which secrets open it. Without either itself. */
export const revisionOf = (kind: string, settings: object, secretsRevision: string): string =>
  `${hashText(canonicalJson({ kind, settings }))}.${secretsRevision}`;

/** The part of a revision that stays when only secrets change. */
export const targetOf = (revision: string): string => revision.slice(0, Math.max(0, revision.indexOf('.')));
export const secretsRevisionOf = (revision: string): string => revision.slice(revision.indexOf('.') + 1);
