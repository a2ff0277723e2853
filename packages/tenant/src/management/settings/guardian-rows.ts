import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import { readGuardian } from '../../factors/guardian.ts';
import type { FactorName } from '../../state/factor-documents.ts';
import { oneOf } from '../body-parts.ts';
import { managementError, notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';

/** Auth0's factors that this tenant does not have. */
const MISSING = ['duo', 'webauthn-roaming', 'webauthn-platform'];
const policies = z
  .array(oneOf(['all-applications', 'confidence-score']))
  .max(1, 'Array is too long, maximum 1');
const messageTypes = z.strictObject({ message_types: z.array(oneOf(['sms', 'voice'])) });
const READ_POLICIES = ['read:mfa_policies'];
const PHONE_PATH = '/guardian/factors/phone/message-types';

/** Second factors: the enabled ones, and the MFA policy. */
export const guardianRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: '/guardian/policies',
    scopes: READ_POLICIES,
    handle: () => ({ status: 200, body: readGuardian(context).policies }),
  }),
  defineRow({
    method: 'PUT',
    path: '/guardian/policies',
    title: 'Update multi-factor authentication policies',
    scopes: ['update:mfa_policies'],
    body: policies,
    handle: ({ body }) => {
      context.state.guardian.put({ ...readGuardian(context), policies: body });
      return { status: 200, body };
    },
  }),
  defineRow({
    method: 'GET',
    path: '/guardian/factors',
    scopes: ['read:guardian_factors'],
    handle: () => ({ status: 200, body: listFactors(context) }),
  }),
  defineRow({
    method: 'GET',
    path: PHONE_PATH,
    scopes: ['read:guardian_factors'],
    handle: () => ({ status: 200, body: { message_types: readGuardian(context).phone_message_types } }),
  }),
  defineRow({
    method: 'PUT',
    path: PHONE_PATH,
    title: 'Update the Enabled Phone Factors',
    scopes: ['update:guardian_factors'],
    body: messageTypes,
    handle: ({ body }) => {
      context.state.guardian.put({ ...readGuardian(context), phone_message_types: body.message_types });
      return { status: 200, body };
    },
  }),
  defineRow({
    method: 'PUT',
    path: '/guardian/factors/:name',
    title: 'Update multi-factor authentication type',
    scopes: ['update:guardian_factors'],
    body: z.strictObject({ enabled: z.boolean() }),
    handle: ({ params, body }) => {
      switchFactor(context, params.name ?? '', body.enabled);
      return { status: 200, body };
    },
  }),
];

function listFactors(context: TenantContext): object[] {
  const { factors } = readGuardian(context);
  const have = Object.entries(factors).map(([name, { enabled }]) => ({
    name,
    enabled,
    trial_expired: false,
  }));
  return [...have, ...MISSING.map((name) => ({ name, enabled: false, trial_expired: false }))];
}

function switchFactor(context: TenantContext, name: string, enabled: boolean): void {
  const guardian = readGuardian(context);
  if (isFactor(guardian.factors, name)) {
    const factors = { ...guardian.factors, [name]: { enabled } };
    context.state.guardian.put({ ...guardian, factors });
    return;
  }
  if (!MISSING.includes(name)) throw notFound('The factor does not exist.', 'inexistent_factor');
  if (enabled)
    throw managementError(403, `This tenant does not have the factor ${name}.`, {
      errorCode: 'insufficient_entitlement',
    });
}

const isFactor = (factors: object, name: string): name is FactorName => Object.hasOwn(factors, name);
