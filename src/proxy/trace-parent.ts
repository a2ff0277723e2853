import { randomBytes } from 'node:crypto';

const WELL_FORMED = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** Whether a `traceparent` is well-formed (W3C Trace Context, version 00), or a later version that begins so. */
export const isTraceParent = (value: string): boolean =>
  WELL_FORMED.test(value) ||
  (!value.startsWith('00') && WELL_FORMED.test(value.slice(0, 55)) && value[55] === '-');

/** Creates the `traceparent` of a new trace, not sampled. */
export const createTraceParent = (): string =>
  `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`;
