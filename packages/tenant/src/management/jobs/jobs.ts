import type { TenantContext } from '../../context.ts';
import { prefixedId } from '../../lib/random.ts';
import type { Job } from '../../state/job-documents.ts';
import { notFound } from '../management-error.ts';

const KEPT_MS = 24 * 3600 * 1000;

/** Creates a job that expires after a day; the caller stores it. */
export function toJob(
  { clock }: Pick<TenantContext, 'clock'>,
  about: Pick<Job, 'type' | 'status' | 'details'>,
): Job {
  const now = clock.now();
  return {
    ...about,
    id: prefixedId('job'),
    created_at: new Date(now).toISOString(),
    expires_ms: now + KEPT_MS,
  };
}

/** The job of an id. Throws 404. */
export function requireJob({ state, clock }: Pick<TenantContext, 'state' | 'clock'>, id = ''): Job {
  const job = state.jobs.get(id);
  if (!job || job.expires_ms <= clock.now()) throw notFound('The job does not exist.', 'inexistent_job');
  return job;
}

/** A job in API format. */
export const showJob = ({ id, type, status, created_at, details }: Job): object => ({
  type,
  status,
  created_at,
  id,
  ...details,
});
