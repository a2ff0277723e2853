import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

const vite = path.resolve('node_modules/vite/bin/vite.js');

/** Runs a command of Vite in a folder to its end. @throws Error with its output, if it fails */
export async function runVite(folder: string, args: readonly string[], env = {}): Promise<void> {
  const child = spawn(process.execPath, [vite, ...args], { cwd: folder, env: { ...process.env, ...env } });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (printed += String(data)));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`vite ${args.join(' ')}: ${code}\n${printed}`);
}

/** A server of Vite in a separate process. */
export interface ViteServer {
  readonly origin: string;
  close(): Promise<void>;
}

/** Starts a server; `args` select it: none for development, `preview` for the build. `port` default: a free one. */
export async function startVite(
  folder: string,
  args: readonly string[],
  env = {},
  port = 0,
): Promise<ViteServer> {
  const options = ['--port', String(port), '--host', 'localhost'];
  const child = spawn(process.execPath, [vite, ...args, ...options], {
    cwd: folder,
    env: { ...process.env, ...env, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const origin = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`vite ended with ${code}`)));
    createInterface(child.stdout).on('line', (line) => {
      const [, found] = /Local: +(http:\/\/localhost:\d+)/.exec(line) ?? [];
      if (found !== undefined) resolve(found);
    });
  });
  return {
    origin,
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}
