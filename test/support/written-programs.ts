import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Language } from '#web/lib/program-text.ts';

/** How each language is run; Python needs an interpreter. */
const COMMANDS: Readonly<Partial<Record<Language, { file: string; command: (file: string, python: string) => [string, string[]] }>>> = {
  curl: { file: 'consume.sh', command: (file) => ['sh', [file]] },
  typescript: { file: 'consume.mts', command: (file) => [process.execPath, [file]] },
  python: { file: 'consume.py', command: (file, python) => [python, [file]] },
};

/** Runs a program that a page offers, as somebody who pasted it would, and gives what it prints. Not the synchronous form: the server runs in this process. */
export function runProgram(language: Language, code: string, python = 'python3'): Promise<string> {
  const how = COMMANDS[language];
  if (!how) throw new Error(`Nothing here runs ${language}.`);
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-program-'));
  const file = join(folder, how.file);
  // What curl says of its progress is not an answer.
  writeFileSync(file, language === 'curl' ? code.replace(/^curl/, 'curl -sS --fail-with-body') : code);
  return new Promise<string>((resolve, reject) => {
    const [command, words] = how.command(file, python);
    execFile(command, words, { encoding: 'utf8' }, (error, stdout, stderr) => (error ? reject(new Error(`${stdout}${stderr}`)) : resolve(stdout)));
  }).finally(() => rmSync(folder, { recursive: true, force: true }));
}
