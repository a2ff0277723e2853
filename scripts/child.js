import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './install.js';

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const sameSignalMs = 500;
const parentLookMs = 250;
const endWithParent = fileURLToPath(new URL('./end-with-parent.cjs', import.meta.url));

/** Runs a Node program of the checkout; resolves to its end, `{ code, signal }`. */
export function runNode(node, args, options = {}) {
  return runProgram(node, ['--require', endWithParent, ...args], {
    ...options,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
}

/**
 * Runs a program with this process's standard streams; resolves to its end, `{ code, signal }`.
 *
 * The child leads its own process group and receives each signal once. Otherwise Ctrl-C would reach it by the terminal's
 * group and again by npm, and count as a second Ctrl-C.
 */
function runProgram(program, args, { cwd = root, env = {}, stdio = 'inherit' } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      stdio,
      detached: process.platform !== 'win32',
      env: {
        ...process.env,
        PATH: `${path.join(root, 'node_modules/.bin')}${path.delimiter}${process.env.PATH ?? ''}`,
        RUN_JS_PID: String(process.pid),
        ...env,
      },
    });
    const lastSent = new Map();
    const pass = (signal) => {
      const now = performance.now();
      if (now - (lastSent.get(signal) ?? -Infinity) < sameSignalMs) return;
      lastSent.set(signal, now);
      child.kill(signal);
    };
    for (const signal of forwarded) process.on(signal, pass);
    const watch = onceParentIsGone(() => pass('SIGTERM'));
    const end = (how) => {
      clearInterval(watch);
      for (const signal of forwarded) process.off(signal, pass);
      resolve(how);
    };
    child.on('error', (error) => {
      process.stderr.write(`${program} does not start: ${error.message}\n`);
      end({ code: 127, signal: null });
    });
    child.on('exit', (code, signal) => end({ code, signal }));
  });
}

/**
 * When npm ends, the shell between npm and this process ends without forwarding a signal: only its end is visible. Outside of
 * npm the end of the parent is ignored, since a terminal may be closed.
 */
function onceParentIsGone(act) {
  if (process.env.npm_lifecycle_event === undefined || process.platform === 'win32') return undefined;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    act();
  }, parentLookMs);
  return watch;
}

/** Ends this process as its child ended: the same exit code, or the same signal. */
export function endLike({ code, signal }) {
  if (signal === null) process.exit(code);
  process.kill(process.pid, signal);
  setTimeout(() => process.exit(1), 1000); // for a signal that does not end us, such as SIGCHLD
}
