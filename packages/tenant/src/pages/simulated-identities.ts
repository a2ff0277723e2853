/** A user of a simulated connection. */
export interface SimulatedIdentity {
  readonly id: string;
  readonly name: string;
  readonly given_name: string;
  readonly email: string;
  readonly email_verified: boolean;
}

const identity = (name: string, email_verified: boolean): SimulatedIdentity => {
  const id = name.toLowerCase();
  return { id, name, given_name: name, email: `${id}@example.com`, email_verified };
};

/** The predefined users. One has an unverified e-mail address. */
export const SIMULATED_IDENTITIES: readonly SimulatedIdentity[] = [
  identity('Alice', true),
  identity('Bob', true),
  identity('Carol', false),
];
