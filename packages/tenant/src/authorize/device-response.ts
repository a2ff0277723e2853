import type { TenantContext } from '../context.ts';
import type { GrantedSignIn } from '../state/browser-documents.ts';
import { connectDevice, denyDevice } from '../tokens/device-codes.ts';
import type { TenantReply } from '../wire/row.ts';
import { redirectTo } from './authorization-response.ts';
import { PageError } from './page-error.ts';
import type { Refusal } from './refusal.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

/** The pages that end the activation of a device; their paths are Auth0's. */
export const DEVICE_PAGES = { connected: '/device/success', denied: '/device/failure' } as const;

/** Gives the sign-in to its device, or refuses the device, and answers the browser. Throws if its code has expired. */
export function answerDevice(context: Deps, deviceId: string, answer: GrantedSignIn | Refusal): TenantReply {
  const isRefused = answer instanceof Error;
  const isDone = isRefused
    ? denyDevice(context, deviceId, answer.message)
    : connectDevice(context, deviceId, answer);
  if (isDone) return redirectTo(isRefused ? DEVICE_PAGES.denied : DEVICE_PAGES.connected);
  throw new PageError(400, {
    error: 'invalid_request',
    description: 'The code of the device has expired or was used before. Start again on the device.',
  });
}
