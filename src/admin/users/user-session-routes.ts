import type { ManagedUsers } from '../../auth0/managed-users.ts';
import { GatewayError } from '../../errors.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import type { Sessions } from '../../session/session.ts';
import type { AdminActions } from '../admin-action.ts';
import type { UserAccess } from './user-access.ts';
import {
  adminConsent,
  adminConsentList,
  adminSessionList,
  toAdminConsent,
  toAdminSession,
  toUserId,
} from './user-schemas.ts';

export interface UserSessionRouteDeps {
  readonly actions: AdminActions;
  readonly sessions: Pick<Sessions, 'list'>;
  readonly users: Pick<ManagedUsers, 'listConsents' | 'revokeConsent' | 'revokeConsents'>;
  readonly access: Pick<UserAccess, 'endSessions'>;
}

const TAG = 'Administration of sessions';
const ID = { description: 'The id of a user, percent-encoded.', example: 'auth0|5f7c8ec7c33c6c004bbafe82' };
const PARAMS = { id: ID };
const CONSENT_PARAMS = {
  id: ID,
  grant_id: { description: 'The `id` of a consent.', example: '5f7c8ec7c33c6c004bbafe83' },
};

/** The routes for the sessions and consents of a user. */
export function userSessionRoutes(deps: UserSessionRouteDeps): Route[] {
  const { sessions, users, access } = deps;
  const { act, guardedBy } = deps.actions;
  const guarded = guardedBy('manage:sessions');

  async function requireConsent(of: Readonly<Record<string, string>>) {
    const { grant_id: consentId } = of;
    // The tenant would revoke the consent of any user, so check its owner first.
    const consent = (await users.listConsents(toUserId(of))).find((each) => each.id === consentId);
    if (consent) return consent;
    throw new GatewayError('not_found', { detail: 'This user has no consent with this id.' });
  }

  return [
    defineRoute({
      method: 'GET',
      path: '/v1/admin/users/{id}/sessions',
      params: PARAMS,
      ...guarded,
      operationId: 'adminListSessions',
      summary: 'List the sessions of a user, newest first',
      tag: TAG,
      responses: { 200: { description: 'The sessions', schema: adminSessionList } },
      errors: [],
      handler: (input) =>
        act('admin.session_list', input, { subject: input.params['id'] }, async () => {
          const found = await sessions.list(toUserId(input.params));
          return { reply: { status: 200, body: { sessions: found.map(toAdminSession) } } };
        }),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/admin/users/{id}/sessions',
      params: PARAMS,
      ...guarded,
      operationId: 'adminEndSessions',
      summary: 'End all sessions of a user',
      description: 'The refresh tokens of this gateway for the user are revoked too.',
      tag: TAG,
      responses: { 204: { description: 'The sessions have ended' } },
      errors: ['rate_limited'],
      handler: (input) =>
        act('admin.session_end', input, { subject: input.params['id'] }, async () => {
          await access.endSessions(toUserId(input.params));
          return { reply: { status: 204 } };
        }),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/admin/users/{id}/consents',
      params: PARAMS,
      ...guarded,
      operationId: 'adminListConsents',
      summary: 'List the consents of a user',
      tag: TAG,
      responses: { 200: { description: 'The consents', schema: adminConsentList } },
      errors: ['rate_limited'],
      handler: (input) =>
        act('admin.consent_list', input, { subject: input.params['id'] }, async () => {
          const consents = await users.listConsents(toUserId(input.params));
          return { reply: { status: 200, body: { consents: consents.map(toAdminConsent) } } };
        }),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/admin/users/{id}/consents',
      params: PARAMS,
      ...guarded,
      operationId: 'adminRevokeConsents',
      summary: 'Revoke all consents of a user',
      description: 'The refresh tokens that depend on them are revoked too.',
      tag: TAG,
      responses: { 204: { description: 'The consents are revoked' } },
      errors: ['rate_limited'],
      handler: (input) =>
        act('admin.consent_revoke', input, { subject: input.params['id'] }, async () => {
          await users.revokeConsents(toUserId(input.params));
          return { reply: { status: 204 } };
        }),
    }),
    defineRoute({
      method: 'GET',
      path: '/v1/admin/users/{id}/consents/{grant_id}',
      params: CONSENT_PARAMS,
      ...guarded,
      operationId: 'adminGetConsent',
      summary: 'Read a consent of a user',
      tag: TAG,
      responses: { 200: { description: 'The consent', schema: adminConsent } },
      errors: ['not_found', 'rate_limited'],
      handler: (input) =>
        act('admin.consent_list', input, { subject: input.params['id'] }, async () => ({
          reply: { status: 200, body: toAdminConsent(await requireConsent(input.params)) },
        })),
    }),
    defineRoute({
      method: 'DELETE',
      path: '/v1/admin/users/{id}/consents/{grant_id}',
      params: CONSENT_PARAMS,
      ...guarded,
      operationId: 'adminRevokeConsent',
      summary: 'Revoke a consent of a user',
      description: 'The refresh tokens that depend on it are revoked too.',
      tag: TAG,
      responses: { 204: { description: 'It is revoked' } },
      errors: ['not_found', 'rate_limited'],
      handler: (input) =>
        act('admin.consent_revoke', input, { subject: input.params['id'] }, async () => {
          await users.revokeConsent((await requireConsent(input.params)).id);
          return { reply: { status: 204 } };
        }),
    }),
  ];
}
