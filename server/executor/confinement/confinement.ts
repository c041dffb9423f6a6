/** What bounds one step process. */
export interface Confined {
  /** Whether something besides the watcher of resident memory holds the process to its limit. */
  readonly bounded: boolean;
  /** Gives the process another limit; nothing is done when it has that one already. */
  setMemory(bytes: number): void;
  /** Whether the system ended something in here for want of memory. */
  ranOut(): boolean;
  /** Ends all that runs in here, also what has left the process group. */
  end(): void;
  /** Removes what was made for the process; call it once the process is gone. */
  release(): Promise<void>;
}

/** How step processes of this server are kept within bounds; chosen once, by `chooseConfinement`. */
export interface Confinement {
  readonly name: 'cgroup-v1' | 'cgroup-v2' | 'data-limit' | 'none';
  /** The words before the program: commands that confine themselves and become what follows them. Empty: the program is started as it is. */
  readonly launcher: readonly string[];
  /** Takes in a process that has just been started. */
  confine(pid: number): Confined;
  /** Removes what was made for the server; call it when no process is left. */
  close(): Promise<void>;
}

/** A process that nothing bounds but the watcher. */
export const loose: Confined = { bounded: false, setMemory: () => {}, ranOut: () => false, end: () => {}, release: () => Promise.resolve() };

export const unconfined = (launcher: readonly string[] = []): Confinement => ({ name: 'none', launcher, confine: () => loose, close: () => Promise.resolve() });
