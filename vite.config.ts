import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig, type Plugin } from 'vite';
import type * as Server from './server/main.ts';

/** Fails the build when a file of server/ or a *.server.ts file reaches the browser bundle. */
function refuseServerCode(): Plugin {
  return {
    name: 'modelwright-refuse-server-code',
    apply: 'build',
    applyToEnvironment: (environment) => environment.name === 'client',
    load(id) {
      const path = id.split('?')[0] ?? id;
      const own = path.startsWith(process.cwd()) && !path.includes('/node_modules/');
      if (own && (path.startsWith(`${process.cwd()}/server/`) || path.endsWith('.server.ts'))) {
        this.error(`${path} is server code and must not be imported by the web app. Import its type with "import type" in web/lib/api.ts.`);
      }
    },
  };
}

type Part = { readonly type: string; readonly start: number; readonly end: number; readonly [field: string]: unknown };

/**
 * Leaves out of the browser bundle what node types say for runs and for scoring: the server alone asks for it, and what only it needs is then
 * left out too.
 */
function leaveOutServerParts(): Plugin {
  const PARTS: ReadonlySet<unknown> = new Set(['sql', 'atScoring']);
  const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && 'type' in value;
  const definitions = (part: Part): Part[] => {
    const { callee, arguments: given } = part as Part & { callee?: Part; arguments?: Part[] };
    if (part.type === 'CallExpression' && callee?.name === 'defineNode' && given?.[0]?.type === 'ObjectExpression') return [given[0]];
    return Object.values(part).flatMap((value) => (Array.isArray(value) ? value : [value]).filter(isPart).flatMap(definitions));
  };
  return {
    name: 'modelwright-leave-out-server-parts',
    apply: 'build',
    enforce: 'post',
    applyToEnvironment: (environment) => environment.name === 'client',
    transform(code, id) {
      if (!/\/nodes\/[^/]+\/[^/]+\/node\.ts$/.test(id)) return null;
      const properties = definitions(this.parse(code) as unknown as Part).flatMap((each) => each.properties as Part[]);
      const left = properties.filter(({ key }) => isPart(key) && PARTS.has(key.name)).sort((one, other) => other.start - one.start);
      const without = (text: string, { start, end, key }: Part): string => `${text.slice(0, start)}${(key as Part).name}: undefined${text.slice(end)}`;
      return left.length > 0 ? { code: left.reduce(without, code), map: null } : null;
    },
  };
}

/** In development the API and the pages share one port: everything under these paths goes to the Hono app. */
function serveApi(): Plugin {
  return {
    name: 'modelwright-serve-api',
    apply: 'serve',
    async configureServer(server) {
      // An address that the config bundler cannot follow: the server is loaded by Node as it is, and only in development.
      const entry = new URL('./server/main.ts', `file://${process.cwd()}/`).href;
      const { start } = (await import(entry)) as typeof Server;
      const running = await start({ listen: false });
      server.config.logger.info(`Sign in: ${running.signInLink()}`);
      server.httpServer?.once('close', () => void running.stop());
      server.middlewares.use((request, response, next) => {
        if (running.owns(request.url ?? '/')) running.handle(request, response);
        else next();
      });
    },
  };
}

export default defineConfig(({ command }) => ({
  plugins: [sveltekit(), refuseServerCode(), leaveOutServerParts(), ...(command === 'serve' && !process.env.VITEST ? [serveApi()] : [])],
  server: { port: 3000, host: '127.0.0.1' },
  build: { target: 'es2023' },
}));
