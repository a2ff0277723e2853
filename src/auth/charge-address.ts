import type { RequestInfo, Route } from '../http/route.ts';
import type { AddressLimit } from '../limits/address-limit.ts';
import type { AuditEvent } from '../observe/audit.ts';
import { type AttemptRecorder, recordOutcome } from './record-attempt.ts';

/** Charges the address of a request against `limit`; calls `onRefused` if the limit is reached. */
export const chargeAddress =
  (
    limit: AddressLimit,
    onRefused: (request: RequestInfo, error: unknown) => void = () => {},
  ): NonNullable<Route['charge']> =>
  async (request) => {
    try {
      return await limit.enter(request.ip);
    } catch (error) {
      onRefused(request, error);
      throw error;
    }
  };

/** Charges the address of an attempt, and records the attempt as failed if the limit is reached. */
export const chargeAttempt = (
  recorder: AttemptRecorder,
  event: AuditEvent,
  limit: AddressLimit,
): NonNullable<Route['charge']> =>
  chargeAddress(limit, ({ id: requestId, ip }, error) =>
    recordOutcome(recorder, { event, requestId, ip }, error),
  );
