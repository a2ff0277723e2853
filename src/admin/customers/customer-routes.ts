import { z } from 'zod';
import { GatewayError } from '../../errors.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import type { AdminActions } from '../admin-action.ts';
import type { Customers } from './customers.ts';

export interface CustomerRouteDeps {
  readonly actions: AdminActions;
  readonly customers: Customers;
}

const TAG = 'Administration of customers';
const PATH = '/v1/admin/customers/{key}';
const PARAMS = {
  key: { description: 'Lower-case letters, digits and hyphens, 64 at most.', example: 'gift-deliveries-ltd' },
};

const customerBody = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(100)
      .regex(/^[^<>\p{Cc}]*$/u, 'must not contain control characters, < or >'),
    scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, 'must be a scope')).max(100),
  })
  .meta({
    id: 'gatehouse.CustomerInput',
    example: { name: 'Gift Deliveries', scopes: ['geocode:location'] },
  });

const customer = z
  .object({
    key: z.string(),
    name: z.string(),
    client_id: z.string(),
    scopes: z.array(z.string()),
    client_secret: z
      .string()
      .optional()
      .meta({ description: 'Only for a new client secret. It is shown once and not stored.' }),
  })
  .meta({ id: 'gatehouse.Customer' });
const customerList = z.object({ customers: z.array(customer) }).meta({ id: 'gatehouse.CustomerList' });

const CUSTOMER_KEY = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** The key of a path. @throws GatewayError `validation_failed` */
function toCustomerKey({ key = '' }: Readonly<Record<string, string>>): string {
  if (CUSTOMER_KEY.test(key)) return key;
  const message = 'must be lower-case letters, digits and hyphens, 64 at most, such as gift-deliveries';
  throw new GatewayError('validation_failed', { errors: [{ path: 'key', message }] });
}

/** The routes for customers: organisations whose machine clients call the gateway's API. */
export function customerRoutes({ actions: { act, guardedBy }, customers }: CustomerRouteDeps): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/v1/admin/customers',
      ...guardedBy('read:customers'),
      operationId: 'adminListCustomers',
      summary: 'All customers',
      tag: TAG,
      responses: { 200: { description: 'The customers', schema: customerList } },
      errors: ['rate_limited'],
      handler: (input) =>
        act('admin.customer_list', input, {}, async () => ({
          reply: { status: 200, body: { customers: await customers.list() } },
        })),
    }),
    defineRoute({
      method: 'GET',
      path: PATH,
      params: PARAMS,
      ...guardedBy('read:customers'),
      operationId: 'adminGetCustomer',
      summary: 'A customer',
      tag: TAG,
      responses: { 200: { description: 'The customer', schema: customer } },
      errors: ['not_found', 'rate_limited'],
      handler: (input) =>
        act('admin.customer_read', input, { customer: input.params['key'] }, async () => ({
          reply: { status: 200, body: await customers.read(toCustomerKey(input.params)) },
        })),
    }),
    defineRoute({
      method: 'PUT',
      path: PATH,
      params: PARAMS,
      ...guardedBy('manage:customers'),
      operationId: 'adminPutCustomer',
      summary: 'Create a customer, or restore its settings',
      description:
        'A customer is one machine client with one grant, for the API of this gateway. A repeated call restores settings that were changed at the tenant: it sets name, grant types and scopes again, and removes grants for other APIs.',
      tag: TAG,
      body: customerBody,
      responses: {
        200: { description: 'The customer exists; its settings are as requested', schema: customer },
        201: { description: 'The new customer, with its secret', schema: customer },
      },
      errors: ['rate_limited'],
      handler: (input) =>
        act('admin.customer_write', input, { customer: input.params['key'] }, async () => {
          const body = await customers.put(toCustomerKey(input.params), input.body);
          return { reply: { status: body.client_secret === undefined ? 200 : 201, body } };
        }),
    }),
    defineRoute({
      method: 'POST',
      path: `${PATH}/rotate-secret`,
      params: PARAMS,
      ...guardedBy('manage:customers'),
      operationId: 'adminRotateSecret',
      summary: 'Rotate the secret of a customer',
      description:
        'The old secret is invalid immediately. Tokens that were issued for it are reused for at most ten minutes.',
      tag: TAG,
      responses: { 200: { description: 'The customer, with the new secret', schema: customer } },
      errors: ['not_found', 'rate_limited'],
      handler: (input) =>
        act('admin.customer_secret', input, { customer: input.params['key'] }, async () => ({
          reply: { status: 200, body: await customers.rotateSecret(toCustomerKey(input.params)) },
        })),
    }),
    defineRoute({
      method: 'DELETE',
      path: PATH,
      params: PARAMS,
      ...guardedBy('manage:customers'),
      operationId: 'adminDeleteCustomer',
      summary: 'Remove a customer, its client and its grant',
      tag: TAG,
      responses: { 204: { description: 'The customer does not exist any more' } },
      errors: ['not_found', 'rate_limited'],
      handler: (input) =>
        act('admin.customer_delete', input, { customer: input.params['key'] }, async () => {
          await customers.remove(toCustomerKey(input.params));
          return { reply: { status: 204 } };
        }),
    }),
  ];
}
