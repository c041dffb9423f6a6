const EXPECTED: readonly string[] = ['HostRefused', 'EnvironmentError', 'DataFolderInUse', 'DatabaseRefused', 'BackupRefused', 'AppError', 'UsageError'];

/** A wrong command line or input. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a person at the terminal needs of an error: the text of those that we foresee, all of any other. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') return 'The port is taken: another program, perhaps another Modelwright, uses it. Stop that one, or choose another with --port.';
  if (code === 'EACCES' && 'syscall' in error) return `Not allowed: ${error.message}`;
  if (code?.startsWith('ERR_PARSE_ARGS')) return `${error.message}\nSee "modelwright help".`;
  return EXPECTED.includes(error.constructor.name) ? error.message : (error.stack ?? error.message);
}
