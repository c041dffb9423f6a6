/** A field of a kind's settings: JSON Schema with what the form needs. */
export interface ConnectionField {
  readonly title?: string;
  readonly description?: string;
  readonly default?: string | number | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly widget?: {
    readonly kind: string;
    readonly placeholder?: string;
    readonly unit?: string;
    readonly options?: readonly { readonly value: string; readonly title: string }[];
  };
  readonly shownWhen?: { readonly param: string; readonly is: readonly (string | number | boolean)[] };
  readonly advanced?: boolean;
}

export interface ConnectionForm {
  readonly properties?: Readonly<Record<string, ConnectionField>>;
}

export interface ConnectionKind {
  readonly kind: string;
  readonly title: string;
  readonly summary: string;
  readonly gives: 'files' | 'rows';
  readonly writes: boolean;
  readonly lists: boolean;
  readonly settings: ConnectionForm;
  readonly secrets: ConnectionForm;
  /** The settings that say where the secrets are sent to. */
  readonly secretsGoTo: readonly string[];
}

export type ConnectionSettings = Readonly<Record<string, string | number | boolean>>;

export interface Connection {
  readonly name: string;
  readonly description: string;
  readonly kind: string;
  readonly settings: ConnectionSettings;
  /** Names of the secrets that are kept; what they are is never told. */
  readonly secretsSet: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface ConnectionItem {
  readonly path: string;
  readonly type: 'table' | 'view' | 'file' | 'folder';
  readonly bytes?: number;
  readonly modifiedAt?: number;
}

export type ConnectionTest =
  { readonly ok: true; readonly message: string } | { readonly ok: false; readonly code: string; readonly message: string; readonly param: string | null };

/** What is saved or tried; secrets that are left out are kept. */
export interface ConnectionChange {
  readonly description?: string;
  readonly settings: ConnectionSettings;
  readonly secrets: Readonly<Record<string, string>>;
}
