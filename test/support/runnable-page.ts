import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from './folder.ts';

/** The output that a page shows for a command: `text` is compared by line, `json` by its members. */
export interface Shown {
  readonly language: 'text' | 'json';
  readonly text: string;
}

/** A step of a page, in the order of the page. */
export type Step =
  /** A block `sh run`, run in the reader's folder. `checkout`: in the folder of Gatehouse. `server`: in its own terminal, until the end. */
  | {
      readonly kind: 'run';
      readonly code: string;
      readonly isInCheckout: boolean;
      readonly isServer: boolean;
      readonly shown: Shown | undefined;
    }
  /** A block with `file=name`, saved in the reader's folder. */
  | { readonly kind: 'file'; readonly name: string; readonly text: string };

/** A code block: its language, the words after it, and its text without indentation. */
export interface Fence {
  readonly language: string;
  readonly words: readonly string[];
  readonly text: string;
}

const FENCE = /^( *)```(\w+)([^\n]*)\n([\s\S]*?)^ *```$/gm;

/** The code blocks of a page of Markdown that name a language, in order. */
export const parseFences = (page: string): Fence[] =>
  [...page.matchAll(FENCE)].map(([, indent = '', language = '', info = '', text = '']) => ({
    language,
    words: info.trim().split(/\s+/),
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }));

/** The output that a page shows for a block: the next block, if it is `text` or `json` and not a step. */
function toShown(next: Fence | undefined): Shown | undefined {
  if (next === undefined || next.words.some((word) => word !== '')) return undefined;
  const { language, text } = next;
  return language === 'text' || language === 'json' ? { language, text: text.trimEnd() } : undefined;
}

/** The runnable blocks and files of a page of Markdown. */
export function parseSteps(page: string): Step[] {
  const fences = parseFences(page);
  return fences.flatMap((fence, index): Step[] => {
    const { words, text } = fence;
    const name = words.find((word) => word.startsWith('file='))?.slice('file='.length);
    if (name !== undefined) return [{ kind: 'file', name, text }];
    if (fence.language !== 'sh' || !words.includes('run')) return [];
    return [
      {
        kind: 'run',
        code: text,
        isInCheckout: words.includes('checkout'),
        isServer: words.includes('server'),
        shown: toShown(fences[index + 1]),
      },
    ];
  });
}

/** The pattern of the text that `…` can replace. */
const toPattern = (text: string): string =>
  text
    .split('…')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^]*?');

const isLike = (text: string, shown: string): boolean => new RegExp(`^${toPattern(shown)}$`).test(text);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The actual value, with `…` at the places where `shown` has it. */
function maskValue(actual: unknown, shown: unknown): unknown {
  if (shown === '…') return actual === undefined ? actual : shown;
  if (typeof shown === 'string' && typeof actual === 'string') return isLike(actual, shown) ? shown : actual;
  if (Array.isArray(shown) && Array.isArray(actual)) {
    const isOpen = shown.at(-1) === '…' && actual.length >= shown.length;
    const compared = isOpen ? actual.slice(0, shown.length) : actual;
    return compared.map((each, index) => maskValue(each, shown[index]));
  }
  if (!isObject(shown) || !isObject(actual)) return actual;
  const names = '…' in shown ? Object.keys(shown) : Object.keys(actual);
  return Object.fromEntries(
    names.map((name) => [name, name === '…' ? shown[name] : maskValue(actual[name], shown[name])]),
  );
}

/**
 * An output as the page shows it: what differs between runs (`…`) is left open. Equal to `toExpected` exactly if the page is right. In
 * JSON a string `…` stands for any value, a member `…` for further members and a last element `…` for further elements.
 */
export function toShownOutput(output: string, { language, text }: Shown): unknown {
  if (language === 'json') return maskValue(JSON.parse(output), JSON.parse(text));
  const lines = output.replaceAll(/[ \t\r]+$/gm, '').trim();
  return isLike(lines, text) ? text : lines;
}

export const toExpected = ({ language, text }: Shown): unknown =>
  language === 'json' ? JSON.parse(text) : text;

export interface Terminal {
  /** Runs a block in the shell, which keeps its variables. Resolves to its output. @throws Error if a command fails */
  readonly run: (code: string, isInCheckout: boolean) => Promise<string>;
  /** Starts a long-running program. Resolves to its output when `isReady` returns true. @throws Error if it ends */
  readonly serve: (
    code: string,
    isInCheckout: boolean,
    isReady: (output: string) => boolean,
  ) => Promise<string>;
  readonly save: (name: string, text: string) => void;
  readonly close: () => Promise<void>;
}

/** A reader's terminal: one shell in an empty folder. */
export function openTerminal(env: NodeJS.ProcessEnv, folder = makeFolder()): Terminal {
  const checkout = process.cwd();
  const blocks = makeFolder();
  const start = (args: readonly string[], cwd: string) => {
    const child = spawn('bash', ['--noprofile', '--norc', ...args], {
      cwd,
      env,
      stdio: 'pipe',
      detached: true,
    });
    // The whole process group, with all programs of the shell.
    const end = (signal: NodeJS.Signals): void => {
      if (child.exitCode === null && child.signalCode === null) process.kill(-(child.pid ?? 0), signal);
    };
    const endWithRun = (): void => end('SIGKILL');
    process.once('exit', endWithRun);
    child.once('exit', () => process.off('exit', endWithRun));
    return { child, end };
  };
  const { child: shell, end: endShell } = start([], folder);
  const servers: ReturnType<typeof start>[] = [];
  let count = 0;

  return {
    save(name, text) {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    },
    run(code, isInCheckout) {
      const file = path.join(blocks, `${count++}.sh`);
      const done = `--- end of ${file} ---`;
      writeFileSync(file, code);
      return new Promise((resolve, reject) => {
        let output = '';
        const read = (chunk: Buffer): void => {
          output += chunk.toString();
          const end = output.indexOf(done);
          if (end === -1) return;
          finish();
          resolve(output.slice(0, end).trim());
        };
        const fail = (): void => {
          finish();
          reject(new Error(`a command failed:\n${code}\n${output}`));
        };
        const finish = (): void => {
          shell.stdout.off('data', read);
          shell.off('exit', fail);
        };
        shell.stdout.on('data', read);
        shell.once('exit', fail);
        const [there, back] = isInCheckout ? [`here=$PWD; cd '${checkout}'`, 'cd "$here"'] : [':', ':'];
        shell.stdin.write(
          `set -e; exec 2>&1; ${there}; . '${file}' </dev/null; ${back}; printf '\\n%s\\n' '${done}'\n`,
        );
      });
    },
    async serve(code, isInCheckout, isReady) {
      const server = start(['-c', `exec 2>&1\n${code}`], isInCheckout ? checkout : folder);
      servers.push(server);
      let output = '';
      await new Promise<void>((resolve, reject) => {
        server.child.stdout.on('data', (chunk: Buffer) => {
          output += chunk.toString();
          if (isReady(output)) resolve();
        });
        server.child.once('exit', () => reject(new Error(`the program ended:\n${code}\n${output}`)));
      });
      return output;
    },
    async close() {
      for (const { child, end } of [...servers, { child: shell, end: endShell }]) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = once(child, 'exit');
        end('SIGTERM');
        await ended;
      }
    },
  };
}

/** Reads the steps of a page from its file. */
export const readSteps = (file: string): Step[] => parseSteps(readFileSync(file, 'utf8'));
