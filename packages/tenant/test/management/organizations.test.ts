import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { directory } from '../support/seed.ts';
import { fresh, stores, textOf } from '../support/start-test-tenant.ts';

const ann = 'auth0|ann-id';
const bob = 'auth0|reader-id';

describe.each(stores)('organizations of the Management API on %s', (store) => {
  let t: ManagedTenant;
  let home: string;
  beforeAll(async () => {
    t = await startManagedTenant(store);
    home = t.stored.connections.find('name', directory)[0]?.id ?? '';
    t.stored.settings.put({
      ...t.stored.settings.get()!,
      extra: { default_redirection_uri: 'https://app.example/login?from=mail' },
    });
  });
  afterAll(() => t.close());

  const create = async (more: object = {}): Promise<string> =>
    textOf(await t.manage('POST', '/organizations', { name: fresh('org'), ...more }), 'id');
  const makeRole = async (): Promise<string> =>
    textOf(await t.manage('POST', '/roles', { name: fresh('role') }), 'id');

  it('an organization is created, found by id and name, changed, and deleted once', async () => {
    const name = fresh('acme');
    const made = await t.manage('POST', '/organizations', {
      name,
      display_name: 'Acme',
      metadata: { plan: 'gold' },
      branding: { logo_url: 'https://acme.example/logo.png' },
    });
    expect(made.status).toBe(201);
    const id = textOf(made, 'id');
    expect(id).toMatch(/^org_[A-Za-z0-9]{16}$/);
    expect(made.json).toEqual({
      id,
      name,
      display_name: 'Acme',
      metadata: { plan: 'gold' },
      branding: { logo_url: 'https://acme.example/logo.png' },
      third_party_client_access: 'block',
      is_app_entitlement_active: false,
    });
    expect((await t.manage('GET', `/organizations/name/${name}`)).json).toEqual(made.json);
    const colors = { primary: '#000000', page_background: '#ffffff' };
    const changed = await t.manage('PATCH', `/organizations/${id}`, { metadata: {}, branding: { colors } });
    expect(changed.json).not.toHaveProperty('metadata');
    expect(changed.json['branding']).toEqual({ logo_url: 'https://acme.example/logo.png', colors });
    expect((await t.manage('DELETE', `/organizations/${id}`)).status).toBe(204);
    const again = await t.manage('DELETE', `/organizations/${id}`);
    expect([again.status, again.json['message'], again.json['errorCode']]).toEqual([
      404,
      'No organization found by that id or name',
      undefined,
    ]);
  });

  it.each([
    [{ name: 'org_x' }, 'The name must not start with org_'],
    [{ name: 'Upper' }, 'String does not match pattern'],
    [{ name: 'a'.repeat(51) }, 'String is too long'],
    [{}, 'Missing required property: name'],
    [
      { name: 'a', metadata: Object.fromEntries([...Array(26).keys()].map((k) => [`k${k}`, ''])) },
      'maximum 25',
    ],
  ])('a body such as %j is refused', async (body, message) => {
    const answer = await t.manage('POST', '/organizations', body);
    expect(answer.status).toBe(400);
    expect(answer.json['message']).toContain(message);
  });

  it('a second organization with the name, or a change to a taken name, answers 409', async () => {
    const [first, second] = [fresh('one'), fresh('two')];
    await create({ name: first });
    const id = await create({ name: second });
    for (const answer of [
      await t.manage('POST', '/organizations', { name: first }),
      await t.manage('PATCH', `/organizations/${id}`, { name: first }),
    ])
      expect([answer.status, answer.json['errorCode'], answer.json['message']]).toEqual([
        409,
        'organization_conflict',
        'An organization with the same name already exists.',
      ]);
  });

  it('lists have three shapes, are sorted, and end at row 1000', async () => {
    await create({ name: fresh('a-first') });
    const all = JSON.parse((await t.manage('GET', '/organizations?sort=name:-1')).text);
    const names = all.map(({ name }: { name: string }) => name);
    expect(names).toEqual(names.toSorted().toReversed());
    const totals = (await t.manage('GET', '/organizations?include_totals=true&per_page=1')).json;
    expect(totals).toEqual({ organizations: [expect.anything()], start: 0, limit: 1, total: all.length });
    const checked = (await t.manage('GET', '/organizations?take=1&include_totals=true')).json;
    expect(checked).toEqual({ organizations: [expect.anything()], next: expect.any(String) });
    const beyond = await t.manage('GET', '/organizations?page=10&per_page=100');
    expect([beyond.status, beyond.json['errorCode']]).toEqual([400, 'invalid_paging']);
    expect((await t.manage('GET', '/organizations?sort=color:1')).status).toBe(400);
  });

  it('connections are the same rows in both views, and sign-ups need a database that assigns membership', async () => {
    const id = await create();
    expect((await t.manage('GET', `/organizations/${id}/connections`)).text).toBe('[]');
    const early = await t.manage('POST', `/organizations/${id}/enabled_connections`, {
      connection_id: home,
      is_signup_enabled: true,
    });
    expect([early.status, early.json['message']]).toEqual([
      400,
      'Only database connections with assign_membership_on_login = true support is_signup_enabled = true.',
    ]);
    const made = await t.manage('POST', `/organizations/${id}/enabled_connections`, { connection_id: home });
    expect([made.status, made.json]).toEqual([
      201,
      {
        connection_id: home,
        assign_membership_on_login: false,
        show_as_button: true,
        is_signup_enabled: false,
        connection: { name: directory, strategy: 'auth0' },
      },
    ]);
    const path = `/organizations/${id}/connections/${home}`;
    const changed = await t.manage('PATCH', path, { is_enabled: false });
    expect(changed.json).toMatchObject({ is_enabled: false, organization_access_level: 'none' });
    expect((await t.manage('GET', `/organizations/${id}/connections?is_enabled=true`)).text).toBe('[]');
    expect((await t.manage('DELETE', path)).status).toBe(204);
    expect((await t.manage('DELETE', path)).status).toBe(204);
    const missing = await t.manage('GET', path);
    expect([missing.status, missing.json['message']]).toEqual([404, 'No connection found by that id']);
  });

  it('members and their roles are added, listed and removed; roles are shown only if requested', async () => {
    const id = await create();
    const role = await makeRole();
    const members = `/organizations/${id}/members`;
    const roles = `${members}/${encodeURIComponent(ann)}/roles`;
    expect((await t.manage('POST', roles, { roles: [role] })).status).toBe(404);
    expect((await t.manage('POST', members, { members: [ann, 'auth0|nobody'] })).status).toBe(404);
    expect((await t.manage('POST', members, { members: [ann, bob] })).status).toBe(204);
    expect((await t.manage('POST', roles, { roles: [role] })).status).toBe(204);
    const plain = JSON.parse((await t.manage('GET', members)).text);
    expect(plain.map(Object.keys)[0].toSorted()).toEqual(['email', 'name', 'picture', 'user_id']);
    const withRoles = JSON.parse((await t.manage('GET', `${members}?fields=user_id,roles`)).text);
    expect(withRoles).toEqual([
      { user_id: ann, roles: [{ id: role, name: expect.any(String) }] },
      { user_id: bob, roles: [] },
    ]);
    expect(JSON.parse((await t.manage('GET', `/organizations/${id}/roles/${role}/members`)).text)).toEqual([
      expect.objectContaining({ user_id: ann }),
    ]);
    const own = await t.manage('GET', `/users/${encodeURIComponent(ann)}/organizations?include_totals=true`);
    expect(own.json['organizations']).toContainEqual(expect.objectContaining({ id }));
    await t.manage('DELETE', `/roles/${role}`);
    expect((await t.manage('GET', roles)).text).toBe('[]');
    for (let times = 0; times < 2; times += 1)
      expect((await t.manage('DELETE', members, { members: [bob] })).status).toBe(204);
    expect(t.stored.organizations.get(id)?.members).toEqual([ann]);
  });

  it('an invitation is mailed with its link, listed without a total, and revoked', async () => {
    const id = await create({ name: 'inviting', display_name: 'The Inviting' });
    const path = `/organizations/${id}/invitations`;
    const made = await t.manage('POST', path, {
      inviter: { name: 'Ann' },
      invitee: { email: 'guest@example.com' },
      client_id: 'strict',
      ttl_sec: 60,
    });
    expect(made.status).toBe(201);
    const ticket = textOf(made, 'ticket_id');
    expect(ticket).toMatch(/^[A-Za-z0-9]{32}$/);
    const link = `https://app.example/login?from=mail&invitation=${ticket}&organization=${id}&organization_name=inviting`;
    expect(made.json).toMatchObject({ organization_id: id, invitation_url: link, client_id: 'strict' });
    expect(t.tenant.context.inbox.list({ to: 'guest@example.com' })).toEqual([
      expect.objectContaining({ kind: 'invitation', link, subject: 'Ann has invited you to The Inviting' }),
    ]);
    const lifeMs = Date.parse(textOf(made, 'expires_at')) - Date.parse(textOf(made, 'created_at'));
    expect(lifeMs).toBe(60_000);
    const listed = (await t.manage('GET', `${path}?include_totals=true`)).json;
    expect(listed).toEqual({ invitations: [made.json], start: 0, limit: 50 });
    const one = `${path}/${textOf(made, 'id')}`;
    expect((await t.manage('DELETE', one)).status).toBe(204);
    const gone = await t.manage('GET', one);
    expect([gone.status, gone.json['errorCode']]).toEqual([404, 'inexistent_invitation']);
  });

  it.each([
    [{ client_id: 'nobody' }, 'The specified client_id does not exist.'],
    [{ connection_id: 'con_none' }, 'The specified connection does not exist.'],
    [{ roles: ['rol_none'] }, 'One or more of the specified roles do not exist: rol_none'],
  ])('an invitation with %j is refused, and mails nothing', async (wrong, message) => {
    const id = await create();
    const before = t.tenant.context.inbox.list().length;
    const body = {
      inviter: { name: 'A' },
      invitee: { email: 'b@example.com' },
      client_id: 'strict',
      ...wrong,
    };
    const answer = await t.manage('POST', `/organizations/${id}/invitations`, body);
    expect([answer.status, answer.json['errorCode'], answer.json['message']]).toEqual([
      400,
      'invalid_body',
      message,
    ]);
    expect(t.tenant.context.inbox.list()).toHaveLength(before);
  });

  it('client grants are associated with an organization, from both sides', async () => {
    const id = await create();
    const grant = t.stored.clientGrants.list()[0];
    const path = `/organizations/${id}/client-grants`;
    const made = await t.manage('POST', path, { grant_id: grant?.id });
    expect([made.status, made.json]).toMatchObject([201, { grant_id: grant?.id, audience: grant?.audience }]);
    expect(JSON.parse((await t.manage('GET', path)).text)).toMatchObject([{ id: grant?.id }]);
    const of = JSON.parse((await t.manage('GET', `/client-grants/${grant?.id}/organizations`)).text);
    expect(of).toMatchObject([{ id }]);
    expect((await t.manage('POST', path, { grant_id: 'cgr_none' })).status).toBe(404);
    await t.manage('DELETE', `${path}/${grant?.id}`);
    expect((await t.manage('GET', path)).text).toBe('[]');
  });

  it('deleting an organization deletes its invitations, consents, discovery domains and refresh tokens', async () => {
    const id = await create();
    const domain = await t.manage('POST', `/organizations/${id}/discovery-domains`, { domain: 'a.example' });
    expect([domain.status, domain.json['status']]).toEqual([201, 'pending']);
    const found = await t.manage('GET', `/organizations/${id}/discovery-domains/name/a.example`);
    expect(found.json).toEqual(domain.json);
    await t.manage('POST', `/organizations/${id}/invitations`, {
      inviter: { name: 'A' },
      invitee: { email: 'c@example.com' },
      client_id: 'strict',
    });
    await t.manage('DELETE', `/organizations/${id}`);
    expect(t.stored.invitations.find('organization_id', id)).toEqual([]);
    expect(t.stored.kept.list().filter(({ kind }) => kind.includes(id))).toEqual([]);
  });
});
