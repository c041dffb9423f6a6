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

/** Leaves the SQL of node types out of the browser bundle: only step processes run it, and what writes it is then left out too. */
function leaveOutSql(): Plugin {
  const isPart = (value: unknown): value is Part => typeof value === 'object' && value !== null && 'type' in value;
  const definitions = (part: Part): Part[] => {
    const { callee, arguments: given } = part as Part & { callee?: Part; arguments?: Part[] };
    if (part.type === 'CallExpression' && callee?.name === 'defineNode' && given?.[0]?.type === 'ObjectExpression') return [given[0]];
    return Object.values(part).flatMap((value) => (Array.isArray(value) ? value : [value]).filter(isPart).flatMap(definitions));
  };
  return {
    name: 'modelwright-leave-out-sql',
    apply: 'build',
    enforce: 'post',
    applyToEnvironment: (environment) => environment.name === 'client',
    transform(code, id) {
      if (!/\/nodes\/[^/]+\/[^/]+\/node\.ts$/.test(id)) return null;
      const properties = definitions(this.parse(code) as unknown as Part).flatMap((each) => each.properties as Part[]);
      const sql = properties.find(({ key }) => isPart(key) && key.name === 'sql');
      return sql ? { code: `${code.slice(0, sql.start)}sql: undefined${code.slice(sql.end)}`, map: null } : null;
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
  plugins: [sveltekit(), refuseServerCode(), leaveOutSql(), ...(command === 'serve' && !process.env.VITEST ? [serveApi()] : [])],
  server: { port: 3000, host: '127.0.0.1' },
  build: { target: 'es2023' },
}));
