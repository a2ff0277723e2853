/** Somebody a simulated connection knows. */
export interface SimulatedIdentity {
  readonly id: string;
  readonly name: string;
  readonly given_name: string;
  readonly email: string;
  readonly email_verified: boolean;
}

/** Who may be chosen without typing. One has an address that the provider has not verified. */
export const simulatedIdentities: readonly SimulatedIdentity[] = [
  identity('alice', 'Alice', true),
  identity('bob', 'Bob', true),
  identity('carol', 'Carol (unverified email)', false),
];

function identity(id: string, name: string, email_verified: boolean): SimulatedIdentity {
  return { id, name, given_name: name.split(' ', 1)[0] ?? name, email: `${id}@example.com`, email_verified };
}
