import type { Api } from '#web/lib/api.ts';
import type { ImportedColumn, ImportedMeaning, Meaning, ModelInspection, RowCells } from '#web/lib/api-types.ts';
import { assetName } from '#web/lib/assets/names.ts';
import { Upload } from '#web/lib/assets/upload.svelte.ts';

/** An ONNX file on its way into the registry: sent, looked through, read as people say, tried, registered. */
export class ModelUpload {
  readonly upload: Upload;
  name = $state('');
  description = $state('');
  champion = $state(false);
  inspection = $state.raw<ModelInspection | null>(null);
  /** As it stands in the form. */
  meaning = $state.raw<ImportedMeaning | null>(null);
  /** One row to try, by column, as typed. */
  row = $state.raw<Readonly<Record<string, string>>>({});
  /** The form says something else than what was looked at last. */
  changed = $state(false);
  busy = $state<'inspecting' | 'trying' | 'registering' | null>(null);
  error = $state.raw<unknown>(null);
  /** The rows of the person's own that were scored last. */
  #rows: readonly RowCells[] | undefined;
  readonly #api: Api;

  constructor(api: Api, file: File, name?: string) {
    this.#api = api;
    this.upload = new Upload(api, file);
    this.name = name ?? assetName(file.name.replace(/\.onnx$/i, ''));
  }

  /** Sends the file, from where an earlier try got, and looks through it. Never rejects. */
  async start(): Promise<void> {
    this.error = null;
    if (this.upload.state !== 'done') await this.upload.start();
    if (this.upload.result) await this.#inspect('inspecting', {});
  }

  /** Scores again: the row that was typed, or rows that are made up. */
  async tryOut(own: boolean): Promise<void> {
    if (!this.meaning) return;
    const cells: RowCells = Object.fromEntries(this.columns.map(({ name }) => [name, this.row[name]?.trim() ? this.row[name]!.trim() : null]));
    this.#rows = own ? [cells] : undefined;
    await this.#inspect('trying', { meaning: this.meaning, rows: this.#rows });
  }

  /** Gives what became of it, or null when it was refused. */
  async register(): Promise<{ name: string; version: number } | null> {
    const file = this.upload.result;
    if (!file || !this.meaning) return null;
    this.busy = 'registering';
    this.error = null;
    try {
      const { meaning, description } = this;
      const request = { name: this.name.trim(), meaning, description: description.trim(), aliases: this.champion ? ['champion'] : [], rows: this.#rows };
      return await this.#api.models.registerFile(file.id, request);
    } catch (error) {
      this.error = error;
      return null;
    } finally {
      this.busy = null;
    }
  }

  /** Takes back what was sent and not registered. */
  async discard(): Promise<void> {
    if (this.upload.result) await this.#api.files.remove(this.upload.result.id).catch(() => {});
    else await this.upload.cancel();
  }

  get columns(): readonly ImportedColumn[] {
    return this.meaning?.inputs.flatMap((each) => each.columns) ?? [];
  }

  change(change: Partial<ImportedMeaning>): void {
    if (!this.meaning) return;
    this.meaning = { ...this.meaning, ...change };
    this.changed = true;
  }
  setColumn(tensor: string, at: number, change: Partial<ImportedColumn>): void {
    const columns = (list: readonly ImportedColumn[]) => list.map((each, index) => (index === at ? { ...each, ...change } : each));
    this.change({ inputs: this.meaning!.inputs.map((each) => (each.tensor === tensor ? { ...each, columns: columns(each.columns) } : each)) });
  }
  /** Names all columns of a tensor at once; the number of them changes only where the file leaves it open. */
  nameColumns(tensor: string, names: readonly string[], width: number | null): void {
    const given = this.meaning!.inputs.find((each) => each.tensor === tensor)!.columns;
    const count = width ?? names.length;
    const type = given[0]?.type ?? 'number';
    const columns = Array.from({ length: count }, (_, at) => ({ ...(given[at] ?? { type, required: true }), name: names[at] ?? given[at]?.name ?? '' }));
    this.change({ inputs: this.meaning!.inputs.map((each) => (each.tensor === tensor ? { ...each, columns } : each)) });
  }
  setOutput(tensor: string, meaning: Meaning): void {
    this.change({ outputs: this.meaning!.outputs.map((each) => (each.tensor === tensor ? { ...each, meaning } : each)) });
  }

  async #inspect(busy: 'inspecting' | 'trying', request: { meaning?: ImportedMeaning; rows?: readonly RowCells[] }): Promise<void> {
    this.busy = busy;
    this.error = null;
    try {
      this.inspection = await this.#api.models.inspect(this.upload.result!.id, request);
      this.meaning = this.inspection.meaning;
      this.changed = false;
    } catch (error) {
      this.error = error;
    } finally {
      this.busy = null;
    }
  }
}
