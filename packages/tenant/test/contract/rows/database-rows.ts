import { expect } from 'vitest';
import { fresh, newPassword, newUser, signIn, signUp } from '../actions.ts';
import { expectOk, expectTokens } from '../checks.ts';
import type { ContractRow } from '../contract-row.ts';
import type { Answer, Target } from '../target.ts';

const hexId = expect.stringMatching(/^[0-9a-f]{24}$/);

const changePassword = (target: Target, email: string): Promise<Answer> =>
  target.post('/dbconnections/change_password', {
    client_id: target.setting('CLIENT_ID'),
    connection: target.setting('CONNECTION'),
    email,
  });

function expectDatabaseError(answer: Answer, body: object): void {
  expect(answer.status, answer.text).toBe(400);
  expect(answer.json).toMatchObject({ statusCode: 400, ...body });
}

export const databaseRows: readonly ContractRow[] = [
  {
    id: 'DB01',
    title: 'a sign-up answers 200 with a bare id and an unverified address, and sends a mail',
    async run(target) {
      const email = `${fresh('contract')}@example.com`;
      const password = newPassword();
      const answer = expectOk(await signUp(target, { email, password, given_name: 'Ada' }));
      expect(answer.json).toEqual({ _id: hexId, email, email_verified: false, given_name: 'Ada' });
      expectTokens(await signIn(target, { email, password }));
      if (!target.control) return;
      const mails = await target.control.inbox.list(email);
      expect(mails.map(({ kind }) => kind)).toEqual(['verify_email']);
      expect(mails[0]?.link).toMatch(/^https?:\/\//);
    },
  },
  {
    id: 'DB02',
    title: 'an existing address answers 400 invalid_signup',
    async run(target) {
      const { email } = await newUser(target);
      const answer = await signUp(target, { email, password: newPassword() });
      expectDatabaseError(answer, {
        name: 'BadRequestError',
        code: 'invalid_signup',
        description: 'Invalid sign up',
      });
    },
  },
  {
    id: 'sign-up-user-exists',
    title: 'with the tenant’s flag on, an existing address answers 400 user_exists',
    controls: ['settings'],
    async run(target, { settings }) {
      const { email } = await newUser(target);
      const flags = { enable_public_signup_user_exists_error: true };
      await settings.during({ flags }, async () => {
        const answer = await signUp(target, { email, password: newPassword() });
        expectDatabaseError(answer, { code: 'user_exists', description: 'The user already exists.' });
      });
    },
  },
  {
    id: 'DB03',
    title: 'a weak password answers 400 invalid_password, with the rules and their results',
    async run(target) {
      const email = `${fresh('contract')}@example.com`;
      const answer = await signUp(target, { email, password: 'weak' });
      expectDatabaseError(answer, {
        name: 'PasswordStrengthError',
        message: 'Password is too weak',
        code: 'invalid_password',
        policy: expect.stringMatching(/^\* .+\n/),
        description: {
          verified: false,
          rules: expect.arrayContaining([
            {
              message: 'At least %d characters in length',
              format: [8],
              code: 'lengthAtLeast',
              verified: false,
            },
            {
              message: 'Contain at least %d of the following %d types of characters:',
              format: [3, 4],
              code: 'containsAtLeast',
              verified: false,
              items: expect.arrayContaining([
                { message: 'lower case letters (a-z)', code: 'lowerCase', verified: true },
                { message: 'upper case letters (A-Z)', code: 'upperCase', verified: false },
              ]),
            },
          ]),
        },
      });
    },
  },
  {
    id: 'DB04',
    title: 'a change of password answers the same for a known and an unknown address',
    async run(target) {
      const { email } = await newUser(target);
      const nobody = `${fresh('nobody')}@example.com`;
      for (const address of [email, nobody]) {
        const answer = expectOk(await changePassword(target, address));
        expect(answer.text).toBe("We've just sent you an email to reset your password.");
        expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
      }
      if (!target.control) return;
      const kinds = (await target.control.inbox.list(email)).map(({ kind }) => kind);
      expect(kinds).toEqual(['verify_email', 'reset_password']);
      expect(await target.control.inbox.list(nobody)).toEqual([]);
    },
  },
  {
    id: 'sign-up-username',
    title: 'a sign-up with only a username answers without an address',
    needs: ['usernames'],
    async run(target) {
      const username = fresh('u').slice(0, 15);
      const connection = target.setting('USERNAME_CONNECTION');
      const body = { connection, username, password: newPassword() };
      expect(expectOk(await signUp(target, body)).json).toEqual({ _id: hexId, username });
      const { status, json } = await signUp(target, {
        connection,
        email: `${username}@example.com`,
        password: newPassword(),
      });
      expect(status).toBe(400);
      expect(json.error).toMatch(/^missing username for .* requires_username enabled$/);
    },
  },
  {
    id: 'sign-up-phone',
    title: 'a sign-up with only a phone number answers with it, unverified',
    needs: ['phone numbers'],
    async run(target) {
      const phone_number = `+1555${String(Math.trunc(target.nowMs())).slice(-7)}`;
      const connection = target.setting('PHONE_CONNECTION');
      const answer = expectOk(await signUp(target, { connection, phone_number, password: newPassword() }));
      expect(answer.json).toEqual({ _id: hexId, phone_number, phone_verified: false });
    },
  },
];
