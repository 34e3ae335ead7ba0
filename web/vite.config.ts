import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const client = (file: string) => fileURLToPath(new URL(`../client/${file}.ts`, import.meta.url));

export default defineConfig({
  root: import.meta.dirname,
  resolve: {
    // The client as its package exports it, without building the package first.
    alias: [
      { find: 'deep-thoughts-client/store', replacement: client('store') },
      { find: 'deep-thoughts-client/react', replacement: client('react') },
      { find: 'deep-thoughts-client', replacement: client('index') },
    ],
  },
  build: {
    target: 'es2023',
    // Small files are not put into the style sheet as data: the policy has no `data:`.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
});
