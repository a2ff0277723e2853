/** What a step changes. */
export type ResourceKind = 'tenant' | 'api' | 'client' | 'grant' | 'connection' | 'protection';

/** Management API fields by their names. */
export type Fields = Readonly<Record<string, unknown>>;

/** One difference between a tenant and what is wanted. `before` and `after` have the fields that differ. */
export interface Step {
  readonly action: 'create' | 'update' | 'replace' | 'delete';
  readonly kind: ResourceKind;
  /** Natural key: identifier of an API, name of a connection or protection, key of a client, `<client> <audience> <subject_type>` of a grant. */
  readonly key: string;
  readonly before?: Fields | undefined;
  readonly after?: Fields | undefined;
}
