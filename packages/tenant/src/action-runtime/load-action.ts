import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileFunction, constants } from 'node:vm';
import type { ActionJob } from './messages.ts';

/** The exports of an Action. */
export type LoadedAction = Readonly<Record<string, unknown>>;

/** Maximum number of loaded versions. */
const MAX_LOADED = 200;

/**
 * Loads Actions as CommonJS modules, each version once: state of the module stays from one execution to the next, as on
 * Auth0. `require` finds packages in the `node_modules` of `folder` and of the folders above.
 */
export function createActionLoader(folder: string, console: object): (job: ActionJob) => LoadedAction {
  const loaded = new Map<string, LoadedAction>();
  const require = createRequire(join(folder, 'action.js'));
  return ({ version, name, code }) => {
    const known = loaded.get(version);
    if (known) return known;
    const module = { exports: {} };
    const run = compileFunction(code, ['exports', 'require', 'module', 'console'], {
      filename: join(folder, `${name}.js`),
      importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    run(module.exports, require, module, console);
    if (loaded.size >= MAX_LOADED) loaded.clear();
    loaded.set(version, module.exports);
    return module.exports;
  };
}
