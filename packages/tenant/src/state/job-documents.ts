/** A background job of the Management API. */
export interface Job {
  /** `job_` and 16 characters. */
  readonly id: string;
  readonly type: 'verification_email' | 'users_import' | 'users_export';
  readonly status: 'pending' | 'processing' | 'completed' | 'failed';
  /** ISO 8601. */
  readonly created_at: string;
  /** The job's other members in API responses: `connection_id`, `summary`, `location` … */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** For an import: the users that failed, each with its errors. */
  readonly errors?: readonly object[] | undefined;
  readonly expires_ms: number;
}
