/** The kind of resource of a step. */
export type ResourceKind = 'tenant' | 'api' | 'client' | 'grant' | 'connection' | 'protection';

/** Management API fields by their names. */
export type Fields = Readonly<Record<string, unknown>>;

/** One difference between a tenant and the desired state. `before` and `after` have the different fields. */
export interface Step {
  readonly action: 'create' | 'update' | 'replace' | 'delete';
  readonly kind: ResourceKind;
  /** Natural key: identifier of an API, name of a connection or protection, key of a client, `<client> <audience> <subject_type>` of a grant. */
  readonly key: string;
  readonly before?: Fields | undefined;
  readonly after?: Fields | undefined;
}
