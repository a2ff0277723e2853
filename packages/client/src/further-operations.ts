import type { Operations } from './api-types.ts';

type SignInResult = Operations['POST /v1/auth/signin']['answer'];
type UserAnswer = { user: ProfileUser };
type Mode = { mode?: 'session' | 'token' | undefined };
type Address = { email: string; phone_number?: undefined } | { phone_number: string; email?: undefined };

interface ProfileFields {
  name?: string | undefined;
  given_name?: string | undefined;
  family_name?: string | undefined;
  nickname?: string | undefined;
  picture?: string | undefined;
  user_metadata?: Record<string, unknown> | undefined;
}
interface ProfileUser extends ProfileFields {
  id: string;
  email?: string | undefined;
  email_verified?: boolean | undefined;
}

/** Operations of gateways whose document lists more than `api-types.ts` does; where that has one, it is the one that counts. */
export interface FurtherOperations {
  'POST /v1/auth/passwordless/start': {
    body: Address & { send?: 'code' | 'link' | undefined; return_to?: string | undefined };
    answer: undefined;
  };
  'POST /v1/auth/passwordless/verify': { body: Address & Mode & { code: string }; answer: SignInResult };
  'POST /v1/auth/password/forgot': { body: { email: string }; answer: undefined };
  'POST /v1/auth/password/change': {
    body: { current_password: string; new_password: string };
    answer: undefined;
  };
  'POST /v1/auth/email/verification': { body: { email: string }; answer: undefined };
  'GET /v1/auth/profile': { body: undefined; answer: UserAnswer };
  'PATCH /v1/auth/profile': { body: ProfileFields; answer: UserAnswer };
}
