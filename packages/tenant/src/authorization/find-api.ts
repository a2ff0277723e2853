import type { TenantContext } from '../context.ts';
import type { ResourceServer } from '../state/settings-documents.ts';
import { mfaApi, mfaAudience } from './mfa-api.ts';

/** The API with an identifier, including the built-in MFA API. */
export function findApi(
  { state, issuer }: Pick<TenantContext, 'state' | 'issuer'>,
  identifier: string,
): ResourceServer | undefined {
  if (identifier === mfaAudience(issuer)) return mfaApi(issuer);
  return state.resourceServers.find('identifier', identifier)[0];
}
