import { isDeepStrictEqual } from 'node:util';
import type { Action, ActionVersion } from '../../state/action-documents.ts';

const showSecrets = (secrets: Action['secrets']): object[] =>
  secrets.map(({ name, updated_at }) => ({ name, updated_at }));

const showVersion = ({ secrets, ...version }: ActionVersion): object => ({
  ...version,
  secrets: showSecrets(secrets),
  status: 'built',
  created_at: version.built_at,
  updated_at: version.built_at,
});

const isDeployed = ({ deployed_version: version, code, dependencies, secrets, runtime }: Action): boolean =>
  version !== undefined &&
  isDeepStrictEqual(
    { code, dependencies, secrets, runtime },
    {
      code: version.code,
      dependencies: version.dependencies,
      secrets: version.secrets,
      runtime: version.runtime,
    },
  );

/**
 * An action as Auth0 returns it: secrets without their values. `status` is `pending` in the response to its creation.
 */
export const showAction = (action: Action, status: 'pending' | 'built' = 'built'): object => {
  const { deployed_version: version, secrets, ...rest } = action;
  const { supported_triggers } = rest;
  return {
    ...rest,
    secrets: showSecrets(secrets),
    status,
    all_changes_deployed: isDeployed(action),
    ...(version && { deployed_version: { ...showVersion(version), deployed: true, supported_triggers } }),
  };
};

/** The response to a deployment: the version and its action. */
export function showDeployment(action: Action): object {
  const { id, name, supported_triggers, created_at, updated_at, deployed_version: version } = action;
  return {
    ...(version && showVersion(version)),
    deployed: false,
    supported_triggers,
    action: { id, name, supported_triggers, created_at, updated_at, all_changes_deployed: false },
  };
}
