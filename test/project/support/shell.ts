import { execFile } from 'node:child_process';
import path from 'node:path';

/** The result of a program. */
export interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Creates the function that runs programs in a folder, with settings and programs (in `bin`) of `home` alone. */
export function createShell(folder: string, home: string) {
  const env = {
    PATH: `${home}/bin:${path.dirname(process.execPath)}:${process.env['PATH']}`,
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.com',
    npm_config_update_notifier: 'false',
  };
  return (program: string, ...args: string[]): Promise<Finished> =>
    new Promise((resolve) => {
      execFile(program, args, { cwd: folder, env, encoding: 'utf8' }, (error, stdout, stderr) => {
        resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
      });
    });
}
