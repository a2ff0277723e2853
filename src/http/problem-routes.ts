import { z } from 'zod';
import { type ErrorCode, errorTable, GatewayError } from '../errors.ts';
import { defineRoute, type Route } from './route.ts';

const problemMeaning = z
  .object({
    code: z.string(),
    status: z.number().int(),
    title: z.string(),
    advice: z.string().meta({ description: 'What the caller can do about it.' }),
  })
  .meta({ id: 'gatehouse.ProblemMeaning' });

const isCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code);

/** `GET /problems/{code}`: what an error code means and what to do (RFC 9457 §3.1.1). */
export function problemRoutes(): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/problems/{code}',
      params: { code: { description: 'The `code` of a problem.', example: 'not_found' } },
      guard: 'public',
      operationId: 'getProblem',
      summary: 'What an error code means, and what to do',
      tag: 'About',
      responses: { 200: { description: 'The meaning of the code', schema: problemMeaning } },
      errors: ['not_found'],
      handler: ({ params }) => {
        const code = params['code'] ?? '';
        if (!isCode(code)) throw new GatewayError('not_found');
        return {
          status: 200,
          body: { code, ...errorTable[code] },
          headers: { 'Cache-Control': 'public, max-age=3600' },
        };
      },
    }),
  ];
}
