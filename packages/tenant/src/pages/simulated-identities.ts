/** Somebody a simulated connection knows. */
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

/** Who may be chosen without typing. One has an address that the provider has not verified. */
export const simulatedIdentities: readonly SimulatedIdentity[] = [
  identity('Alice', true),
  identity('Bob', true),
  identity('Carol', false),
];
