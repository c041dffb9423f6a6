// Makes a checkout ready: installs packages, builds kernels and the web app, finds a browser. Runs on the system's Node (20 or later), with
// nothing installed, so it uses nothing but Node itself. Usage: node tools/prepare.js [--force] [install] [kernels] [web] [browser]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => join(root, ...parts);

function run(command, args, environment = {}) {
  const path = `${at('node_modules', '.bin')}:${process.env.PATH}`;
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, PATH: path, ...environment } });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}.`);
}

/** The sha256 over names, sizes and times of all files below the given paths: cheap, and enough to see that something changed. */
function stamp(paths) {
  const hash = createHash('sha256');
  const visit = (path) => {
    if (!existsSync(path)) return;
    const entry = statSync(path);
    if (entry.isDirectory()) for (const name of readdirSync(path).sort()) visit(join(path, name));
    else hash.update(`${path}\0${entry.size}\0${Math.trunc(entry.mtimeMs)}\n`);
  };
  for (const path of paths) visit(at(path));
  return hash.digest('hex');
}

function build(name, sources, output, work) {
  const marker = at('build', `.${name}`);
  const now = stamp(sources);
  const fresh = existsSync(at(output)) && existsSync(marker) && readFileSync(marker, 'utf8') === now;
  if (fresh && !force) return;
  console.error(`Building ${name} …`);
  work();
  mkdirSync(at('build'), { recursive: true });
  writeFileSync(marker, now);
}

function install() {
  const lock = createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex');
  const marker = at('node_modules', '.modelwright-lock');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return;
  console.error('Installing packages (about a minute, once) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { ONNXRUNTIME_NODE_INSTALL: 'skip' });
  writeFileSync(marker, lock);
}

const kernels = () => build('kernels', ['nodes/kernels/assembly', 'tools/build-kernels.js'], 'build/kernels', () => run('node', ['tools/build-kernels.js']));

const web = () =>
  build('web', ['web', 'nodes', 'pipelines', 'svelte.config.js', 'vite.config.ts', 'package-lock.json'], 'build/web/index.html', () =>
    run('vite', ['build', '--logLevel', 'warn']),
  );

function browser() {
  const names = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];
  if (process.env.MODELWRIGHT_BROWSER || names.some((name) => existsSync(name))) return;
  const cache = spawnSync('node', ['-e', "console.log(require('playwright-core').chromium.executablePath())"], { cwd: root, encoding: 'utf8' });
  if (cache.status === 0 && existsSync(cache.stdout.trim())) return;
  console.error('No Chromium found: trying the download of Playwright, then the Debian package …');
  try {
    run('node', [at('node_modules', 'playwright-core', 'cli.js'), 'install', 'chromium-headless-shell']);
  } catch {
    if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
      throw new Error('The browser tests need Chromium: install it (Debian: apt-get install chromium) or set MODELWRIGHT_BROWSER to its path.');
    }
    run('apt-get', ['update', '-q']);
    run('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'chromium'], { DEBIAN_FRONTEND: 'noninteractive' });
  }
}

const force = process.argv.includes('--force');
const parts = { install, kernels, web, browser };
try {
  for (const name of process.argv.slice(2)) {
    if (name === '--force') continue;
    if (!parts[name]) throw new Error(`Unknown part "${name}". Parts: ${Object.keys(parts).join(', ')}.`);
    parts[name]();
  }
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
