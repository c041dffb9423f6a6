import adapter from '@sveltejs/adapter-static';
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/kit').Config} */
export default {
  preprocess: vitePreprocess(),
  compilerOptions: { runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true) },
  kit: {
    adapter: adapter({ pages: 'build/web', assets: 'build/web', fallback: 'index.html', precompress: true }),
    files: {
      src: 'web',
      lib: 'web/lib',
      routes: 'web/routes',
      assets: 'web/static',
      appTemplate: 'web/app.html',
    },
    output: { bundleStrategy: 'split' },
    csp: undefined,
    typescript: { config: (config) => ({ ...config, include: [] }) },
  },
};
