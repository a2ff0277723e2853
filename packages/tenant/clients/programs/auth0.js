import assert from 'node:assert/strict';
import { ManagementClient } from 'auth0';
import { AuthenticationClient, UserInfoClient } from 'auth0/legacy';

const CONNECTION = 'Username-Password-Authentication';

export async function use(given) {
  await manage(given);
  await authenticate(given);
}

async function manage({ tenant, domain }) {
  const client = new ManagementClient({ domain, ...tenant.client('machine') });
  const { user_id } = await client.users.create({
    email: 'bob@example.com',
    password: 'Correct-Horse-9',
    connection: CONNECTION,
  });
  await client.users.update(user_id, { user_metadata: { colour: 'green' } });
  const { id: role } = await client.roles.create({ name: 'editor' });
  await client.users.roles.assign(user_id, { roles: [role] });
  const roles = await client.users.roles.list(user_id);
  assert.deepEqual(
    roles.data.map(({ name }) => name),
    ['editor'],
  );
  const found = await client.users.list({ q: 'user_metadata.colour:green', search_engine: 'v3' });
  assert.deepEqual(
    found.data.map((user) => user.user_id),
    [user_id],
  );
  await client.users.delete(user_id);
  await assert.rejects(client.users.get(user_id), { statusCode: 404 });
}

async function authenticate({ tenant, domain, audience, user }) {
  const { database, oauth } = new AuthenticationClient({ domain, ...tenant.client('web') });
  await database.signUp({ email: 'bob@example.com', password: user.password, connection: CONNECTION });
  const { data } = await oauth.passwordGrant({
    username: 'bob@example.com',
    password: user.password,
    realm: CONNECTION,
    audience,
    scope: 'openid email offline_access',
  });
  const info = await new UserInfoClient({ domain }).getUserInfo(data.access_token);
  assert.equal(info.data.email, 'bob@example.com');
  const refreshed = await oauth.refreshTokenGrant({ refresh_token: data.refresh_token });
  await oauth.revokeRefreshToken({ token: refreshed.data.refresh_token });
  await assert.rejects(oauth.refreshTokenGrant({ refresh_token: refreshed.data.refresh_token }), {
    error: 'invalid_grant',
  });
}
