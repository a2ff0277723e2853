import { randomBytes } from 'node:crypto';

const WELL_FORMED = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** A well-formed `traceparent` (W3C Trace Context, version 00), or one whose first parts are. */
export const isTraceParent = (value: string): boolean =>
  WELL_FORMED.test(value) ||
  (!value.startsWith('00') && WELL_FORMED.test(value.slice(0, 55)) && value[55] === '-');

/** The beginning of a new trace, not sampled. */
export const createTraceParent = (): string =>
  `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
