import { afterAll, beforeAll, expect, it } from 'vitest';
import { storedIn } from '../../packages/tenant/test/support/stored.ts';
import { createManagement, type Management } from '../../src/auth0/management.ts';
import { signInSomebody } from '../session/support/person.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let management: Management;
beforeAll(async () => {
  world = await startWorld();
  const { link, clock } = world;
  management = createManagement({
    link: link.management ?? { baseUrl: '', issuer: '', clientId: '', clientSecret: '' },
    ownClientId: link.clientId,
    clock,
    timeoutMs: 5_000,
  });
});
afterAll(async () => {
  await management.close();
  await world.close();
});

it('lists and revokes the refresh tokens of our client, however many a user has', async () => {
  await signInSomebody(world.url, 'many@example.com');
  const { refreshFamilies } = storedIn(world.tenant);
  const [family] = refreshFamilies.list();
  if (!family) throw new Error('no refresh token');
  for (let i = 0; i < 150; i++) refreshFamilies.put({ ...family, id: `copy-${i}` });
  refreshFamilies.put({ ...family, id: 'of-another-client', client_id: 'gift-deliveries' });

  const listed = await management.listRefreshTokens(family.user_id);
  expect(listed).toHaveLength(151);
  expect(listed).toContainEqual({ id: family.id, sid: undefined, createdAtMs: family.created_ms });
  expect(await management.listRefreshTokens('auth0|nobody')).toEqual([]);

  await management.revokeRefreshTokens(listed.map(({ id }) => id));
  expect(await management.listRefreshTokens(family.user_id)).toEqual([]);
  const live = refreshFamilies.list().filter(({ revoked }) => !revoked);
  expect(live.map(({ id }) => id)).toEqual(['of-another-client']);
});
