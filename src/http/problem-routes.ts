import { z } from 'zod';
import { ERROR_TABLE, type ErrorCode, GatewayError, meaningOf } from '../errors.ts';
import { PAGE_HEADERS, PAGE_TYPE, type PageContent, toPage, wantsPage } from './page.ts';
import { defineRoute, type Reply, type RequestInfo, type Route } from './route.ts';

const problemMeaning = z
  .object({
    code: z.string(),
    status: z.number().int(),
    title: z.string().meta({ description: 'What happened.' }),
    advice: z.string().meta({ description: 'What the caller can do about it.' }),
    operator_advice: z
      .string()
      .optional()
      .meta({ description: 'What only the operator can change; left out in production.' }),
  })
  .meta({ id: 'gatehouse.ProblemMeaning' });
const problemList = z.object({ problems: z.array(problemMeaning) }).meta({ id: 'gatehouse.ProblemList' });

type ProblemMeaning = z.output<typeof problemMeaning>;

const isCode = (code: string): code is ErrorCode => Object.hasOwn(ERROR_TABLE, code);

function toMeaning(code: ErrorCode, isForOperator: boolean): ProblemMeaning {
  const { operatorAdvice, ...meaning } = meaningOf(code);
  return { code, ...meaning, ...(isForOperator && operatorAdvice && { operator_advice: operatorAdvice }) };
}

const HEADERS = { 'Cache-Control': 'public, max-age=3600', Vary: 'Accept' };

/** A reply as JSON for programs or as a page for browsers. */
const toReply = (request: RequestInfo, body: unknown, page: PageContent): Reply =>
  wantsPage(request.headers)
    ? { status: 200, body: toPage(page), contentType: PAGE_TYPE, headers: { ...HEADERS, ...PAGE_HEADERS } }
    : { status: 200, body, headers: HEADERS };

/** `GET /problems`, `GET /problems/{code}`: what error codes mean and what to do (RFC 9457 §3.1.1). */
export function problemRoutes(isForOperator: boolean): Route[] {
  const problems = (Object.keys(ERROR_TABLE) as ErrorCode[]).map((code) => toMeaning(code, isForOperator));
  const shared = { method: 'GET', guard: 'public', tag: 'About', errors: [] } as const;
  return [
    defineRoute({
      ...shared,
      path: '/problems',
      operationId: 'listProblems',
      summary: 'Every error code',
      responses: {
        200: {
          description: 'The codes with their meanings; a page for callers that ask for HTML',
          schema: problemList,
        },
      },
      handler: ({ request }) =>
        toReply(
          request,
          { problems },
          {
            title: 'Error codes',
            text: 'Every error of this gateway has one of these codes.',
            entries: problems.map(({ code, status, title }) => ({
              href: `/problems/${code}`,
              name: code,
              text: `${status}: ${title}`,
            })),
          },
        ),
    }),
    defineRoute({
      ...shared,
      path: '/problems/{code}',
      params: { code: { description: 'The `code` of a problem.', example: 'not_found' } },
      operationId: 'getProblem',
      summary: 'What an error code means, and what to do',
      responses: {
        200: {
          description: 'The meaning of the code; a page for callers that ask for HTML',
          schema: problemMeaning,
        },
      },
      errors: ['not_found'],
      handler: ({ params, request }) => {
        const code = params['code'] ?? '';
        if (!isCode(code)) throw new GatewayError('not_found');
        const problem = toMeaning(code, isForOperator);
        return toReply(request, problem, {
          title: problem.title,
          text: [problem.advice, problem.operator_advice ?? ''].join(' ').trim(),
          links: [{ href: '/problems', text: 'All error codes' }],
          note: `${code}, HTTP status ${problem.status}`,
        });
      },
    }),
  ];
}
