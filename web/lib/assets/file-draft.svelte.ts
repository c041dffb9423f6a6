import type { ColumnRole, ColumnType } from '#nodes/kit/table.ts';
import type { Api } from '../api.ts';
import type { ColumnChoice, DatasetVersion, FileParts, FilePreview, FileReadOptions, UploadedFile } from '../api-types.ts';
import { Loading } from '../loading.svelte.ts';
import { assetName } from './names.ts';

/** What people chose for a column; what is left out stays as it was found. */
export interface Chosen {
  readonly as?: string;
  readonly type?: ColumnType;
  readonly role?: ColumnRole;
  readonly include?: boolean;
}

/** Files that may have several tables in them. */
const OF_PARTS = /\.(zip|xls[xmb]?)$/i;
const READABLE = /\.(csv|tsv|tab|txt|json|jsonl|ndjson|parquet|xls[xmb]?|arrow|arrows|feather|arff|svm|libsvm|svmlight)(\.gz)?$/i;

/** Keystrokes closer than this are read together. */
const PAUSE = 300;

/** An uploaded file on its way to becoming a version of a dataset: how it is read, its columns, its name. */
export class FileDraft {
  readonly file: UploadedFile;
  /** Given where a new version of one dataset is made. */
  readonly fixedName: string | null;
  name = $state('');
  description = $state('');
  tags = $state('');
  licence = $state('');
  options = $state.raw<FileReadOptions>({});
  chosen = $state.raw<ReadonlyMap<string, Chosen>>(new Map());
  /** What there is to choose from in it. */
  readonly parts = new Loading<FileParts>();
  /** As it is read, before anything is chosen for columns. */
  readonly read = new Loading<FilePreview>();
  /** As it would become. */
  readonly shaped = new Loading<FilePreview>();
  readonly #api: Api;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked: AbortController | null = null;

  constructor(api: Api, file: UploadedFile, fixedName: string | null) {
    this.#api = api;
    this.file = file;
    this.fixedName = fixedName;
    this.name = fixedName ?? assetName(file.name);
    void this.#begin();
  }

  /** The name of what is read, which tells its format: that of a file in an archive, once that is known. */
  get nameOfRead(): string {
    return this.options.member ?? this.parts.value?.members[0] ?? this.file.name;
  }

  /** Chooses a file of the archive. */
  setMember(member: string): void {
    const { sheet: _, ...options } = this.options;
    this.options = { ...options, member };
    void this.#findParts();
    this.reread();
  }

  /** Sets an option; undefined or the empty text leaves it to what is found. */
  set<K extends keyof FileReadOptions>(option: K, value: FileReadOptions[K]): void {
    const options = { ...this.options };
    if (value === undefined || value === '') delete options[option];
    else options[option] = value;
    this.options = options;
    this.#soon(() => this.reread());
  }

  reread(): void {
    void this.read
      .load(() => this.#preview([]))
      .then((found) => {
        if (!found) return;
        const names = new Set(found.schema.columns.map(({ name }) => name));
        this.chosen = new Map([...this.chosen].filter(([name]) => names.has(name)));
        this.shaped.take(this.chosen.size === 0 ? found : this.shaped.value);
        if (this.chosen.size > 0) this.reshape();
      });
  }

  choose(column: string, change: Chosen): void {
    this.chosen = new Map(this.chosen).set(column, { ...this.chosen.get(column), ...change });
    this.#soon(() => this.reshape());
  }

  includeAll(include: boolean): void {
    this.chosen = new Map((this.read.value?.schema.columns ?? []).map(({ name }) => [name, { ...this.chosen.get(name), include }]));
    this.#soon(() => this.reshape());
  }

  reshape(): void {
    void this.shaped.load(() => this.#preview(this.columns()));
  }

  columns(): ColumnChoice[] {
    return [...this.chosen].map(([name, { as, ...rest }]) => ({ name, ...(as === undefined || as === '' ? {} : { as }), ...rest }));
  }

  /** Makes the version, then deletes the file, which nobody needs any more. An abort leaves no version. */
  async create(signal?: AbortSignal): Promise<DatasetVersion> {
    const { file, name, description, options, fixedName } = this;
    const version = await this.#api.datasets.make(
      name,
      {
        file: file.id,
        options,
        columns: this.columns(),
        description: fixedName === null ? '' : description,
      },
      signal,
    );
    if (fixedName === null) {
      const tags = this.tags.split(',').map((each) => each.trim());
      const details = { description, licence: this.licence, tags: tags.filter((each) => each !== '') };
      const given = Object.fromEntries(Object.entries(details).filter(([, value]) => value.length > 0));
      if (Object.keys(given).length > 0) await this.#api.datasets.change(name, given);
    }
    await this.#api.files.remove(file.id).catch(() => {});
    return version;
  }

  /** Stops what waits. */
  close(): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
  }

  /** Only the last question is of use: the one before is taken back. */
  #preview(columns: readonly ColumnChoice[]): Promise<FilePreview> {
    this.#asked?.abort();
    this.#asked = new AbortController();
    return this.#api.files.preview(this.file.id, { options: this.options, columns }, this.#asked.signal);
  }

  /** Of an archive with several files the first that can be read is chosen, so that there is something to see. */
  async #begin(): Promise<void> {
    if (OF_PARTS.test(this.file.name)) {
      const { members = [] } = (await this.#findParts()) ?? {};
      if (members.length > 1) {
        this.setMember(members.find((each) => READABLE.test(each)) ?? members[0]!);
        return;
      }
    }
    this.reread();
  }

  /** What cannot be looked into is told by the preview. */
  #findParts(): Promise<FileParts | null> {
    return this.parts.load(() => this.#api.files.parts(this.file.id, this.options.member));
  }

  #soon(work: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(work, PAUSE);
  }
}
