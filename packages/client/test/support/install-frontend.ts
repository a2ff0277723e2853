import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { buildClient, packageFolder } from './build-client.ts';

const PACKAGES = ['react', 'react-dom', '@types/react', '@types/react-dom', 'vite', 'typescript'];

/** Puts into a folder what `npm install` brings for a frontend in React: the built client, React, Vite and the compiler. */
export async function installFrontend(folder: string): Promise<void> {
  const modules = path.join(folder, 'node_modules');
  const client = path.join(modules, 'gatehouse-client');
  await buildClient(path.join(client, 'dist'));
  cpSync(path.join(packageFolder, 'package.json'), path.join(client, 'package.json'));
  for (const below of ['@types', '.bin']) mkdirSync(path.join(modules, below));
  for (const name of PACKAGES) symlinkSync(path.resolve('node_modules', name), path.join(modules, name));
  symlinkSync(path.resolve('node_modules/.bin/vite'), path.join(modules, '.bin/vite'));
}
