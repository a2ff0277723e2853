/** Work that the Management API takes on and reports about. */
export interface Job {
  /** `job_` and 16 characters. */
  readonly id: string;
  readonly type: 'verification_email' | 'users_import' | 'users_export';
  readonly status: 'pending' | 'processing' | 'completed' | 'failed';
  /** ISO 8601. */
  readonly created_at: string;
  /** What else the API shows of it: `connection_id`, `summary`, `location` … */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** Of an import: the users who are not in, each with why. */
  readonly errors?: readonly object[] | undefined;
  readonly expires_ms: number;
}
