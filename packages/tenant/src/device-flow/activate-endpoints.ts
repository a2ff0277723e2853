import { beginSignIn } from '../authorize/begin-sign-in.ts';
import { browserEndpoint } from '../authorize/browser-endpoint.ts';
import { answerDevice, DEVICE_PAGES } from '../authorize/device-response.ts';
import { requireOwnOrigin } from '../authorize/login-transaction.ts';
import { record } from '../authorize/record.ts';
import { Refusal } from '../authorize/refusal.ts';
import type { TenantContext } from '../context.ts';
import { requireRate } from '../limits/require-rate.ts';
import { ACTIVATE_PATH, deviceCodePage, deviceConfirmPage, deviceEndPage } from '../pages/device-pages.ts';
import type { AuthorizeRequest, DeviceAuthorization } from '../state/browser-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import { findPendingDevice } from '../tokens/device-codes.ts';
import type { Endpoint, TenantReply, TenantRequest } from '../wire/row.ts';

const CANCELLED = 'User cancelled the confirmation prompt.';

/** GET and POST /activate: the user enters the code of a device and confirms it; then they sign in. */
export function activateEndpoints(context: TenantContext): Endpoint[] {
  const rows: Endpoint[] = [
    { method: 'GET', path: ACTIVATE_PATH, handle: (request) => open(context, request) },
    { method: 'POST', path: ACTIVATE_PATH, handle: (request) => submit(context, request) },
    { method: 'GET', path: DEVICE_PAGES.connected, handle: () => deviceEndPage(true) },
    { method: 'GET', path: DEVICE_PAGES.denied, handle: () => deviceEndPage(false) },
  ];
  return rows.map(browserEndpoint);
}

function open(context: TenantContext, request: TenantRequest): TenantReply {
  const userCode = request.query.get('user_code')?.trim() || undefined;
  return userCode === undefined ? deviceCodePage({}) : askToConfirm(context, request, userCode);
}

function submit(context: TenantContext, request: TenantRequest): TenantReply | Promise<TenantReply> {
  requireOwnOrigin(request);
  const userCode = request.body.text('user_code')?.trim();
  const action = request.body.text('action');
  if (action === undefined || userCode === undefined) return askToConfirm(context, request, userCode);
  const waiting = findWaiting(context, request, userCode);
  if (!waiting) return refuseCode(context, request, userCode);
  const { device, client } = waiting;
  if (action === 'confirm') return beginSignIn(context, request, toAuthorizeRequest(context, device));
  if (action !== 'cancel') return askToConfirm(context, request, userCode);
  record(context, request, client, { type: 'fdecc', description: CANCELLED });
  return answerDevice(context, device.id, new Refusal('access_denied', CANCELLED));
}

/** The device that shows a code, and its client. Throws 429 when an address tries many codes. */
function findWaiting(
  context: TenantContext,
  { ip }: TenantRequest,
  userCode: string,
): { readonly device: DeviceAuthorization; readonly client: Client } | undefined {
  requireRate(context, 'device_activation', ip, { logType: 'fdeac' });
  const device = findPendingDevice(context, userCode);
  const client = device && context.state.clients.get(device.client_id);
  return client && { device, client };
}

function askToConfirm(
  context: TenantContext,
  request: TenantRequest,
  userCode: string | undefined,
): TenantReply {
  const waiting = userCode === undefined ? undefined : findWaiting(context, request, userCode);
  if (userCode === undefined || !waiting) return refuseCode(context, request, userCode);
  return deviceConfirmPage({ userCode: waiting.device.shown_code, application: waiting.client.name });
}

function refuseCode(
  context: TenantContext,
  request: TenantRequest,
  userCode: string | undefined,
): TenantReply {
  const description = 'Invalid or expired user code';
  if (userCode !== undefined) record(context, request, undefined, { type: 'fdeac', description });
  const error =
    userCode === undefined
      ? 'Enter the code.'
      : 'The code is wrong, or it has expired. Check the code that your device shows.';
  return deviceCodePage({ status: 400, value: userCode?.slice(0, 40), error });
}

/** A sign-in whose tokens the device fetches: it has no response type and no callback. */
const toAuthorizeRequest = (
  { origin }: Pick<TenantContext, 'origin'>,
  { id, client_id, scope, audience }: DeviceAuthorization,
): AuthorizeRequest => ({
  client_id,
  redirect_uri: `${origin}${DEVICE_PAGES.connected}`,
  response_types: [],
  response_mode: 'query',
  scope,
  audience,
  prompt: [],
  acr_values: [],
  ext: {},
  device_id: id,
});
