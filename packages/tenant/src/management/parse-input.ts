import type { z } from 'zod';
import { isTooDeep } from '../lib/nesting.ts';
import { invalidBody, invalidQuery } from './management-error.ts';
import type { ManagementRow } from './management-row.ts';

/** Parses the query by the row's schema. Throws 400 `invalid_query_string` with Auth0's messages. */
export function parseQuery({ query }: Pick<ManagementRow, 'query'>, given: unknown): unknown {
  const parsed = query?.safeParse(given, { reportInput: true });
  if (parsed?.success === false) throw invalidQuery(explain(parsed.error));
  return parsed?.data;
}

/** Parses the body by the row's schema. Throws 400 `invalid_body` with Auth0's messages. */
export function parseBody({ body }: Pick<ManagementRow, 'body'>, given: unknown): unknown {
  if (isTooDeep(given)) throw invalidBody(`'The body is nested too deeply'`);
  const parsed = body?.safeParse(given ?? {}, { reportInput: true });
  if (parsed?.success === false) throw invalidBody(explain(parsed.error));
  return parsed?.data;
}

/** The first error, in Auth0's format: `'Missing required property: name'`. */
function explain({ issues: [issue] }: z.ZodError): string {
  if (!issue) return `'Unexpected value'`;
  const at = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys')
    return `'Additional properties not allowed: ${issue.keys.join(',')}'${at === '' ? '' : ` on property ${at}`}`;
  if (issue.code === 'invalid_type' && issue.input === undefined) return `'Missing required property: ${at}'`;
  const problem =
    issue.code === 'invalid_type'
      ? `Expected type ${issue.expected} but found type ${typeOf(issue.input)}`
      : issue.message;
  return `'${problem}'${at === '' ? '' : ` on property ${at}`}`;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
