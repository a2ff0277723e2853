const rows = (prefix: string, last: number): string[] =>
  Array.from({ length: last }, (_, index) => `${prefix}${String(index + 1).padStart(2, '0')}`);

/** The case ids of the reference. */
export const referenceIds: readonly string[] = [
  ...rows('D', 2),
  ...rows('CC', 8),
  ...rows('PW', 13),
  ...rows('AC', 19),
  'PAR1',
  ...rows('RT', 5),
  ...rows('RV', 2),
  ...rows('UI', 3),
  ...rows('DP', 2),
  ...rows('LO', 2),
  ...rows('DB', 4),
  ...rows('PL', 1),
  ...rows('MG', 3),
  ...rows('TT', 1),
  ...rows('FI', 1),
];

/** Response shapes that the reference lists below its table, with the names that the rows use. */
export const furtherShapes: readonly string[] = [
  'mfa-associate-otp',
  'mfa-associate-sms',
  'mfa-authenticators',
  'mfa-oob-sms',
  'mfa-oob-pending',
  'mfa-recovery-code',
  'sign-up-phone',
  'sign-up-username',
  'sign-up-user-exists',
  'organization',
  'no-default-directory',
  'leeway',
  'key-rotation',
  'back-channel-logout',
  'rate-limit-headers',
  'hints',
  'event-codes',
];
