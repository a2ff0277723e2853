import { z } from 'zod';

/** One line of printable text. */
const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => !/\p{Cc}/u.test(value), 'must not contain control characters');

const word = text(128).regex(/^[\w.|-]+$/, 'must be a name');

const loginFields = {
  return_to: z.string().min(1).optional().meta({
    description:
      'Where the browser goes after the sign-in. A value of more than 1,024 characters is ignored.',
  }),
  connection: word.optional(),
  organization: word
    .optional()
    .meta({ description: 'Id or name of the organization; a sign-in to another one is refused.' }),
  invitation: word.optional().meta({ description: 'The ticket of an invitation to the organization.' }),
  organization_name: text(255).optional(),
  screen_hint: z.enum(['login', 'signup']).optional(),
  login_hint: text(254).optional(),
  prompt: z.enum(['none', 'login', 'consent', 'select_account']).optional(),
  acr_values: text(500).optional(),
  ui_locales: text(100).optional(),
};
const maxAgeS = z.number().int().min(0).max(31_536_000);
const digits = z
  .string()
  .regex(/^\d{1,8}$/, 'must be a number of seconds')
  .transform(Number)
  .pipe(maxAgeS);

/** The query of `GET /v1/auth/login`; unknown parameters are ignored. */
export const loginQuery = z.object({ ...loginFields, max_age: digits.optional() });

/** The body of `POST /v1/auth/login/start`. */
export const loginStartBody = z
  .strictObject({ ...loginFields, max_age: maxAgeS.optional() })
  .meta({ id: 'gatehouse.LoginStart', example: { return_to: '/' } });

/** The options of a redirect login. */
export type LoginParameters = z.output<typeof loginStartBody>;

export const loginStartReply = z
  .object({ authorization_url: z.string() })
  .meta({ id: 'gatehouse.LoginStarted' });

const parameter = z.string().max(4096).optional().catch(undefined);

/**
 * The query of the callback (RFC 6749 §4.1.2, RFC 9207). A repeated parameter counts as absent, except `iss`: a repeated
 * `iss` becomes an invalid issuer, so that the comparison cannot be skipped.
 */
export const callbackQuery = z.object({
  code: parameter,
  state: parameter,
  error: parameter,
  error_description: parameter,
  iss: z.string().max(4096).optional().catch(''),
});
export type CallbackQuery = z.output<typeof callbackQuery>;

export const exchangeBody = z
  .strictObject({
    code: text(4096),
    redirect_uri: z.url({ protocol: /^https?$/ }).max(1024),
    code_verifier: z
      .string()
      .regex(/^[\w.~-]{43,128}$/, 'must be a code verifier (RFC 7636 section 4.1)')
      .optional(),
    nonce: text(512).optional(),
    mode: z.enum(['session', 'token']).optional(),
  })
  .meta({
    id: 'gatehouse.Exchange',
    example: {
      code: 'the code that came back',
      redirect_uri: 'http://localhost:5173/callback',
      code_verifier: 'the-verifier-whose-challenge-began-the-sign-in',
    },
  });
export type ExchangeBody = z.output<typeof exchangeBody>;
