import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((name) => /\.(ts|svelte)$/.test(name) && !name.endsWith('.d.ts') && existsSync(join(root, name)));
const source = (name: string) => readFileSync(join(root, name), 'utf8');

type Layer = 'kit' | 'metrics' | 'node' | 'family' | 'kernels' | 'catalog' | 'runs' | 'pipelines' | 'server' | 'web' | 'test' | 'root';

function layerOf(name: string): Layer {
  if (name.startsWith('nodes/kit/')) return 'kit';
  if (name.startsWith('nodes/evaluate/metrics/')) return 'metrics';
  if (name.startsWith('nodes/kernels/')) return 'kernels';
  if (name === 'nodes/catalog.ts') return 'catalog';
  if (/^nodes\/[^/]+\.server\.ts$/.test(name)) return 'runs';
  if (/^nodes\/[^/]+\/[^/]+\/(?:node|cases|run\.server|train\.server)\.ts$/.test(name)) return 'node';
  if (name.startsWith('nodes/')) return 'family';
  const top = name.split('/')[0];
  return top === 'pipelines' || top === 'server' || top === 'web' || top === 'test' ? top : 'root';
}

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const importPattern = /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g;

function importsOf(name: string): Import[] {
  return [...source(name).matchAll(importPattern)].flatMap((match) => {
    const specifier = match[3] ?? match[4] ?? '';
    const target = specifier.startsWith('#') ? specifier.slice(1) : specifier.startsWith('.') ? relative(root, join(root, dirname(name), specifier)) : null;
    return target === null ? [] : [{ from: name, to: target, typeOnly: match[2] !== undefined }];
  });
}

const imports = files.filter((name) => !/\.(test|spec)\.ts$/.test(name) && !name.startsWith('nodes/kernels/assembly/')).flatMap(importsOf);
const familyOf = (name: string) => name.split('/')[1];
const nodeFolder = (name: string) => name.split('/').slice(0, 3).join('/');

/** A family may use what others before it share, never one of their node types. */
const FAMILIES = ['data', 'transform', 'text', 'learners', 'train', 'features', 'evaluate', 'deploy'];
const mayUse = (from: string, to: string) => FAMILIES.indexOf(familyOf(to)!) <= FAMILIES.indexOf(familyOf(from)!);
/** Not of one node type alone. */
const isShared = (name: string) => !existsSync(join(root, nodeFolder(name), 'node.ts'));

/** Imports against the arrows, each with its reason. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'nodes/train/tune-model-hyperparameters/run.server.ts -> nodes/catalog.ts': 'titles and usual ranges of the parameters of any learner',
  'nodes/learners/pairs.server.ts -> nodes/trainers.server.ts': 'a learner that is made of others finds them by name',
  'nodes/train/fit.worker.server.ts -> nodes/trainers.server.ts': 'a thread of its own has no context to ask for a trainer',
};

function allowed({ from, to, typeOnly }: Import): boolean {
  const [a, b] = [layerOf(from), layerOf(to)];
  if (`${from} -> ${to}` in EXCEPTIONS) return true;
  // Figures are pure arithmetic: whoever judges or draws uses the same ones.
  if (b === 'metrics') return a !== 'kit' && a !== 'kernels';
  switch (a) {
    case 'kit':
    case 'metrics':
      return b === 'kit';
    case 'kernels':
      return b === 'kernels' || b === 'kit';
    case 'node':
      return (
        b === 'kit' ||
        (b === 'kernels' && from.endsWith('.server.ts')) ||
        (b === 'family' && isShared(to) && mayUse(from, to)) ||
        nodeFolder(from) === nodeFolder(to)
      );
    case 'family':
      return b === 'kit' || b === 'kernels' || (b === 'family' && isShared(to) && mayUse(from, to)) || nodeFolder(from) === nodeFolder(to);
    case 'catalog':
      return b === 'node' || b === 'kit';
    case 'runs':
      return b === 'node' || b === 'kit';
    case 'pipelines':
      return b === 'pipelines' || b === 'kit';
    case 'server':
      return b !== 'web' && b !== 'test' && b !== 'root';
    case 'web':
      return (
        b === 'web' ||
        ((b === 'kit' || b === 'catalog' || b === 'pipelines') && !to.endsWith('.server.ts')) ||
        (b === 'server' && typeOnly && (from === 'web/lib/api.ts' || from === 'web/lib/api-types.ts'))
      );
    case 'test':
    case 'root':
      return true;
  }
}

describe('imports point one way', () => {
  it('from the kit up to server and web, and never back', () => {
    expect(imports.filter((each) => !allowed(each)).map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  it('sees every form of import', () => {
    expect(imports.length).toBeGreaterThan(100);
    expect(imports.some((each) => each.typeOnly)).toBe(true);
  });

  it('keeps what runs in the browser free of Node and of server code', () => {
    const browser = files.filter((name) => /^(nodes|pipelines)\//.test(name) && !/\.(server|test)\.ts$/.test(name) && !name.startsWith('nodes/kernels/'));
    const bad = browser.filter(
      (name) =>
        /from ['"](node:|better-sqlite3|@duckdb|onnxruntime-node)/.test(source(name)) ||
        importsOf(name).some((each) => each.to.endsWith('.server.ts') && !each.typeOnly),
    );
    expect(bad).toEqual([]);
  });
});

/** Files that may be longer than 500 lines, each with its reason. */
const LONG_FILES: Readonly<Record<string, string>> = {};

describe('files', () => {
  it('have at most 500 lines, unless listed with a reason', () => {
    const long = files.filter((name) => source(name).split('\n').length > 501 && !(name in LONG_FILES));
    expect(long).toEqual([]);
  });

  it('that are listed as long are long', () => {
    expect(Object.keys(LONG_FILES).filter((name) => source(name).split('\n').length <= 501)).toEqual([]);
  });

  it('do not evaluate text as code or show it as markup', () => {
    const bad = files.filter((name) => !name.startsWith('test/') && /\beval\(|new Function\(|\{@html|from ['"]node:vm['"]/.test(source(name)));
    expect(bad).toEqual([]);
  });

  it('name only folders and files that exist in their documents', () => {
    const pages = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md'].filter((name) => existsSync(join(root, name)));
    const broken = pages.flatMap((page) =>
      [...source(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)(?:#[^)]*)?\)/g)]
        .map((match) => match[1]!)
        .filter((target) => !existsSync(join(root, target)))
        .map((target) => `${page} -> ${target}`),
    );
    expect(broken).toEqual([]);
  });
});

describe('node types', () => {
  const folders = [...new Set(files.filter((name) => /^nodes\/[^/]+\/[^/]+\/node\.ts$/.test(name)).map(nodeFolder))];

  it('each have a node, cases and a help page', () => {
    const incomplete = folders.filter(
      (folder) => !['node.ts', 'cases.ts', 'README.md'].every((name) => existsSync(join(root, folder, name)) && statSync(join(root, folder, name)).size > 0),
    );
    expect(folders.length).toBeGreaterThan(0);
    expect(incomplete).toEqual([]);
  });
});
