import type { Database } from '#server/db/client.ts';
import { newId } from '#server/db/ids.ts';
import { AppError, notFound } from '#server/errors.ts';
import type { ComputeAdapter, Limits, OpenAdapter } from './adapter.ts';
import { SlotBook, type Claimant } from './slot-book.ts';

/** Who takes slots: told when there may be one for it. */
export interface Waiter extends Claimant {
  offer(): void;
}

/** A registered compute at work. */
export interface Compute {
  readonly name: string;
  readonly adapter: ComputeAdapter;
  readonly slots: SlotBook<Waiter>;
}

export interface ComputeView {
  readonly name: string;
  readonly description: string;
  readonly adapter: string;
  readonly slots: number;
  readonly threads: number;
  readonly memoryMegabytes: number;
  readonly isDefault: boolean;
  /** Null for the one that is there from the start and was never changed. */
  readonly createdAt: string | null;
}

export interface ComputeChange {
  readonly description?: string;
  readonly slots: number;
  readonly threads?: number;
  readonly memoryMegabytes: number;
}

export interface ComputesOptions {
  readonly db: Database;
  /** By the name of the adapter. */
  readonly adapters: Readonly<Record<string, OpenAdapter>>;
  /** Of the compute `local`, which every workspace has. */
  readonly local: Limits;
  readonly now: () => number;
}

interface Row {
  readonly name: string;
  readonly description: string;
  readonly adapter: string;
  readonly slots: number;
  readonly threads: number;
  readonly memory_bytes: number;
  readonly settings: string;
  readonly created_at: number | null;
}

export const LOCAL = 'local';
const DEFAULT_SETTING = 'default-compute';
const MEGABYTE = 2 ** 20;
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** The computes of the workspaces: what is registered, and what works. */
export class Computes {
  readonly #db: Database;
  readonly #options: ComputesOptions;
  readonly #setting;
  readonly #open = new Map<string, Compute>();

  constructor(options: ComputesOptions) {
    this.#db = options.db;
    this.#options = options;
    this.#setting = options.db.$client.prepare<[string, string], string>('SELECT value FROM settings WHERE workspace_id = ? AND name = ?').pluck();
  }

  /** The compute of that name, or the workspace's default for null; undefined when there is none. */
  find(workspaceId: string, name: string | null): Compute | undefined {
    const wanted = name ?? this.defaultName(workspaceId);
    const key = `${workspaceId}/${wanted}`;
    const open = this.#open.get(key);
    if (open) return open;
    const row = this.#row(workspaceId, wanted);
    const openAdapter = row && this.#options.adapters[row.adapter];
    if (!openAdapter) return undefined;
    const limits = limitsOf(row);
    const compute: Compute = {
      name: wanted,
      adapter: openAdapter(limits, JSON.parse(row.settings) as Record<string, unknown>),
      slots: new SlotBook(limits.slots),
    };
    this.#open.set(key, compute);
    return compute;
  }

  /** `find` for the many steps of a run: each name is looked up once. */
  finder(workspaceId: string): (name: string | null) => Compute | undefined {
    const found = new Map<string | null, Compute | undefined>();
    return (name) => {
      if (!found.has(name)) found.set(name, this.find(workspaceId, name));
      return found.get(name);
    };
  }

  /** Those that were asked for since the server began. */
  working(workspaceId?: string): Compute[] {
    return [...this.#open].filter(([key]) => workspaceId === undefined || key.startsWith(`${workspaceId}/`)).map(([, compute]) => compute);
  }

  defaultName(workspaceId: string): string {
    const value = this.#setting.get(workspaceId, DEFAULT_SETTING);
    return value === undefined ? LOCAL : (JSON.parse(value) as string);
  }

  list(workspaceId: string): ComputeView[] {
    const rows = this.#db.$client.prepare('SELECT * FROM computes WHERE workspace_id = ? ORDER BY name').all(workspaceId) as Row[];
    const local = rows.find(({ name }) => name === LOCAL) ?? this.#localRow();
    const isDefault = this.defaultName(workspaceId);
    return [local, ...rows.filter(({ name }) => name !== LOCAL)].map((row) => viewOf(row, isDefault));
  }

  /** @throws AppError 404 */
  get(workspaceId: string, name: string): ComputeView {
    const row = this.#row(workspaceId, name);
    if (!row) throw notFound('compute', name);
    return viewOf(row, this.defaultName(workspaceId));
  }

  /** Registers a local compute. @throws AppError 400 for a name that cannot be one, 409 for one that is taken */
  create(workspaceId: string, name: string, change: ComputeChange): ComputeView {
    if (!NAME.test(name)) throw new AppError(400, 'A name has small letters, digits and hyphens, 63 at most.', { code: 'name_invalid' });
    if (this.#row(workspaceId, name)) throw new AppError(409, `There is a compute "${name}" already. Choose another name.`, { code: 'name_taken' });
    this.#write(workspaceId, name, change, this.#options.local.threads);
    return this.get(workspaceId, name);
  }

  /** Changes a compute; steps that run keep what they were given. @throws AppError 404 */
  update(workspaceId: string, name: string, change: ComputeChange): ComputeView {
    const before = this.get(workspaceId, name);
    this.#write(workspaceId, name, { description: before.description, ...change }, before.threads);
    const limits = limitsOf(this.#row(workspaceId, name)!);
    const open = this.#open.get(`${workspaceId}/${name}`);
    if (open) {
      open.slots.total = limits.slots;
      open.adapter.configure(limits);
    }
    return this.get(workspaceId, name);
  }

  /** Takes a compute away; see before that nothing needs it. `local` gets its first limits back. @throws AppError 404 */
  remove(workspaceId: string, name: string): void {
    this.get(workspaceId, name);
    this.#db.$client.prepare('DELETE FROM computes WHERE workspace_id = ? AND name = ?').run(workspaceId, name);
    if (this.defaultName(workspaceId) === name) this.makeDefault(workspaceId, LOCAL);
    const key = `${workspaceId}/${name}`;
    this.#open.get(key)?.adapter.close();
    this.#open.delete(key);
  }

  /** @throws AppError 404 */
  makeDefault(workspaceId: string, name: string): void {
    this.get(workspaceId, name);
    this.#db.$client
      .prepare('INSERT INTO settings (workspace_id, name, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value')
      .run(workspaceId, DEFAULT_SETTING, JSON.stringify(name));
  }

  #write(workspaceId: string, name: string, { description = '', slots, threads, memoryMegabytes }: ComputeChange, threadsBefore: number): void {
    this.#db.$client
      .prepare(
        `INSERT INTO computes (id, workspace_id, name, description, adapter, slots, threads, memory_bytes, settings, created_at)
         VALUES (@id, @workspaceId, @name, @description, @adapter, @slots, @threads, @memoryBytes, '{}', @now)
         ON CONFLICT (workspace_id, name) DO UPDATE
         SET description = excluded.description, slots = excluded.slots, threads = excluded.threads, memory_bytes = excluded.memory_bytes`,
      )
      .run({
        id: newId(),
        workspaceId,
        name,
        description,
        adapter: LOCAL,
        slots,
        threads: threads ?? threadsBefore,
        memoryBytes: memoryMegabytes * MEGABYTE,
        now: this.#options.now(),
      });
  }

  #row(workspaceId: string, name: string): Row | undefined {
    const row = this.#db.$client.prepare('SELECT * FROM computes WHERE workspace_id = ? AND name = ?').get(workspaceId, name) as Row | undefined;
    return row ?? (name === LOCAL ? this.#localRow() : undefined);
  }

  #localRow(): Row {
    const { slots, threads, memoryBytes } = this.#options.local;
    return { name: LOCAL, description: 'This machine', adapter: LOCAL, slots, threads, memory_bytes: memoryBytes, settings: '{}', created_at: null };
  }
}

const limitsOf = ({ slots, threads, memory_bytes: memoryBytes }: Row): Limits => ({ slots, threads, memoryBytes });

const viewOf = (row: Row, defaultName: string): ComputeView => ({
  name: row.name,
  description: row.description,
  adapter: row.adapter,
  slots: row.slots,
  threads: row.threads,
  memoryMegabytes: Math.round(row.memory_bytes / MEGABYTE),
  isDefault: row.name === defaultName,
  createdAt: row.created_at === null ? null : new Date(row.created_at).toISOString(),
});
