#!/usr/bin/env node
// Nothing native and nothing of ours is imported before the version of Node is known: older ones crash on it.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `Modelwright needs Node 24 or newer; this is Node ${process.versions.node}.\nIn a checkout use "npm start" or "npm run -s modelwright -- …": they bring the right Node.`,
  );
  process.exit(1);
}

// Compiled and type-stripped code is kept between starts: that halves the time to ready.
const { enableCompileCache } = await import('node:module');
enableCompileCache(`${import.meta.dirname}/../build/compile-cache`);
// For the step processes; the server itself runs nothing from a folder that they write.
process.env.NODE_COMPILE_CACHE ??= `${import.meta.dirname}/../build/step-compile-cache`;

const HELP = `modelwright: a studio for machine learning

  modelwright start [--port 3000] [--host 127.0.0.1] [--data FOLDER]
      Starts the server and prints the link to open.
  modelwright run FILE [--param NAME=VALUE]… [--data FOLDER] [--json]
      Runs a pipeline file without a server. Without --data it works in a temporary folder. Datasets of the samples, and CSV, TSV, JSON
      and Parquet files beside the pipeline (or in data/ beside it) that bear a dataset's name, are registered by themselves.
      Exit code 0: succeeded, 1: failed, 2: the command or the pipeline is wrong.
  modelwright demo [--json]
      Runs the customer churn sample end to end on a server of its own: run, inference pipeline, deployment, 200 scored requests.
  modelwright nodes [--json]
      Lists the node types.
  modelwright sign-in-link [--data FOLDER]
      Prints a new one-time sign-in link; the server may be running.
  modelwright backup FOLDER [--data FOLDER] [--with-keys] [--json]
      Writes a backup into a new folder; the server may be running. It holds everything but the key file that endpoint keys are sealed with:
      with --with-keys it holds that too, and whoever has the backup can read those keys. Without it, put secret.key back yourself after a
      restore elsewhere, or renew the keys. Exit code 0: whole, 1: made, but files were missing before, 2: not made.
  modelwright restore BACKUP FOLDER [--json]
      Makes a new data folder from a backup. Every file is checked first; a backup that was cut or changed is refused and nothing is written.
      Schedules go on from now. Runs that were under way are taken up at the first start. Exit code 0: restored, 2: refused.
  modelwright sweep [--data FOLDER] [--json]
      Deletes stored files that nothing refers to. While a server runs, use POST /api/v1/storage/sweep.
  modelwright version
  modelwright help

The data folder is ./data, or MODELWRIGHT_DATA_DIR, or --data.`;

const commands: Readonly<Record<string, () => Promise<{ default: (args: string[]) => Promise<number> }>>> = {
  start: () => import('./cli/start.ts'),
  run: () => import('./cli/run.ts'),
  demo: () => import('./cli/demo.ts'),
  nodes: () => import('./cli/nodes.ts'),
  'sign-in-link': () => import('./cli/sign-in-link.ts'),
  backup: () => import('./cli/backup.ts'),
  restore: () => import('./cli/restore.ts'),
  sweep: () => import('./cli/sweep.ts'),
  version: () => import('./cli/version.ts'),
};

const [name = 'help', ...args] = process.argv.slice(2);
if (['help', '--help', '-h'].includes(name) || args.includes('--help') || args.includes('-h')) {
  console.log(HELP);
} else {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    console.error(`There is no command "${name}".\n\n${HELP}`);
    process.exitCode = 2;
  } else {
    try {
      process.exitCode = await (await command()).default(args);
    } catch (error) {
      const { messageOf } = await import('./cli/messages.ts');
      console.error(messageOf(error));
      process.exitCode = 2;
    }
  }
}
export {};
