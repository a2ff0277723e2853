import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Router } from 'express';
import { toPasswordProblem } from '../pages/password-problem.ts';
import type { Access } from '../transport/access.ts';
import { WireError } from '../wire/errors.ts';
import { paramsOf, queryOf } from '../wire/read-request.ts';
import { writeReply } from '../wire/write-reply.ts';
import { consoleFiles } from './console-files.ts';
import { createConsoleGuard, requireFormOrigin } from './console-guard.ts';
import { type ConsoleDeps, type ConsolePage, ConsoleRefusal, type Visit } from './console-page.ts';
import { consolePages } from './console-pages.ts';
import { createFormTokens, type FormTokens } from './form-tokens.ts';
import { type Frame, MISSING_VIEW, toConsoleReply } from './layout.ts';
import { findNotice, NOTICES } from './notices.ts';

export interface ConsoleOptions extends ConsoleDeps {
  readonly access: Access;
  /** Receives unexpected errors. */
  readonly warn: (message: string) => void;
}

/** Large enough for an import that is pasted into a form. */
const MAX_FORM = '16mb';

/**
 * The console's router, to be mounted at `/console` and at `/` before any other body parser. It includes its guards:
 * loopback or the control token, same origin only, and a CSRF token in each form.
 */
export function createConsole(options: ConsoleOptions): Router {
  const router = express.Router();
  const tokens = createFormTokens();
  router.use(...createConsoleGuard(options.access));
  for (const [path, reply] of consoleFiles(options))
    router.get(path, (request, response) => writeReply(response, reply(queryOf(request))));
  const parse = express.urlencoded({ extended: false, limit: MAX_FORM });
  for (const page of consolePages(options)) {
    const { get, post } = createHandlers(options, page, tokens);
    router.get(page.path, get);
    if (page.actions) router.post(page.path, requireFormOrigin, parse, post);
    router.all(page.path, (_request, response) => {
      const allow = page.actions ? 'GET, HEAD, POST' : 'GET, HEAD';
      const headers = { allow, 'cache-control': 'no-store' };
      writeReply(response, { status: 405, body: 'Method not allowed.', headers });
    });
  }
  router.use((_request, response) => {
    writeReply(response, toConsoleReply(options, MISSING_VIEW, { section: 'overview', status: 404 }));
  });
  router.use(createErrorWriter(options));
  return router;
}

function createHandlers(
  deps: ConsoleDeps,
  page: ConsolePage,
  tokens: FormTokens,
): Record<'get' | 'post', RequestHandler> {
  const send = async (
    request: Request,
    response: Parameters<RequestHandler>[1],
    more: Partial<Visit>,
    frame: Partial<Frame>,
  ): Promise<void> => {
    const { token, cookie } = tokens.issue(request.headers);
    const visit = { ...toVisit(request), token, ...more };
    const view = await page.show(visit);
    const { section } = page;
    const reply = view
      ? toConsoleReply(deps, view, { ...frame, section })
      : toConsoleReply(deps, MISSING_VIEW, { ...frame, section, status: 404 });
    if (cookie !== undefined) response.setHeader('set-cookie', cookie);
    writeReply(response, reply);
  };
  return {
    get: (request, response) =>
      send(request, response, {}, { notice: findNotice(queryOf(request).get('done')) }),
    post: async (request, response) => {
      const fields = toFields(request.body);
      try {
        if (!tokens.holds(request.headers, fields['token'])) throw staleForm();
        const { action = '' } = fields;
        const act = page.actions && Object.hasOwn(page.actions, action) ? page.actions[action] : undefined;
        if (!act) throw new ConsoleRefusal('This page has no such action.');
        const outcome = await act({ ...toVisit(request), token: '', fields });
        if ('reveals' in outcome) {
          await send(request, response, { reveals: outcome.reveals, fields }, {});
          return;
        }
        const { done, to = pathOf(request), user_id, client_id, cookieHeaders = [] } = outcome;
        deps.context.log.record({
          type: 'sapi',
          description: `Console: ${NOTICES[done]}`,
          user_id,
          client_id,
        });
        const headers = {
          location: `${to}?done=${done}`,
          'cache-control': 'no-store',
          ...(cookieHeaders.length > 0 && { 'set-cookie': [...cookieHeaders] }),
        };
        writeReply(response, { status: 303, body: '', headers });
      } catch (error) {
        const refused = toRefusal(error);
        if (!refused) throw error;
        const { status, message, faulty } = refused;
        await send(request, response, { fields, faulty }, { status, problem: message });
      }
    },
  };
}

const staleForm = (): ConsoleRefusal =>
  new ConsoleRefusal(
    'The tenant has restarted since this form was loaded. Nothing has changed. Try again.',
    403,
  );

interface ShownRefusal {
  readonly status: number;
  readonly message: string;
  readonly faulty?: readonly string[];
}

/** Errors of the tenant's rules are shown on the page. */
function toRefusal(error: unknown): ShownRefusal | undefined {
  if (error instanceof ConsoleRefusal) return error;
  if (!(error instanceof WireError)) return undefined;
  const { status, message } = error;
  const password = toPasswordProblem(error);
  if (password !== undefined) return { status, message: password };
  // As `invalidBody` words it.
  const [, reason, member] =
    /^Payload validation error: '(.*)'(?: on property (\S+))?\.$/s.exec(message) ?? [];
  if (reason === undefined) return { status, message };
  const missing = /^Missing required property: (.+)$/.exec(reason)?.[1];
  const faulty = (member ?? missing)?.split('.') ?? [];
  return { status, message: member === undefined ? `${reason}.` : `${member}: ${reason}.`, faulty };
}

const pathOf = ({ baseUrl, path }: Request): string =>
  baseUrl === '' || path !== '/' ? `${baseUrl}${path}` : baseUrl;

const toVisit = (request: Request): Omit<Visit, 'token'> => ({
  path: pathOf(request),
  params: paramsOf(request),
  query: queryOf(request),
  fields: {},
});

/** A form repeats the field of boxes that are ticked together. */
const toFields = (body: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(typeof body === 'object' && body !== null ? body : {}).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join('\n') : String(value),
    ]),
  );

/** Errors of Express and its parsers have a status; any other error is reported and shown without details. */
const createErrorWriter =
  ({ warn, ...deps }: ConsoleOptions): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const given = error instanceof Error && 'status' in error ? Number(error.status) : 500;
    const status = given >= 400 && given < 500 ? given : 500;
    if (status === 500)
      warn(
        `console request failed: ${request.method} ${pathOf(request)}: ${error instanceof Error ? error.stack : ''}`,
      );
    const problem =
      status === 500
        ? 'The request failed because of an internal error. The tenant has logged it.'
        : 'The request is malformed, or too large.';
    writeReply(response, toConsoleReply(deps, MISSING_VIEW, { section: 'overview', status, problem }));
  };
