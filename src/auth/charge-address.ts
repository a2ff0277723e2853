import type { RequestInfo, Route } from '../http/route.ts';
import type { AddressLimit } from '../limits/address-limit.ts';

/** Charges the address of a request; `onRefused` is told where that is refused. */
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
