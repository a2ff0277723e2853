import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express';
import { z } from 'zod';
import { isTooDeep } from '../lib/nesting.ts';
import type { Access } from '../transport/access.ts';
import { paramsOf } from '../wire/read-request.ts';
import { parsedFor, type SchemaRow } from '../wire/row.ts';
import { createControlGuard, createTokenGuard } from './control-guard.ts';
import { type ControlDeps, controlRows } from './control-rows.ts';
import { refuse } from './refuse.ts';

const MAX_BODY_BYTES = 1024 * 1024;
/** The schema of a row without one: an empty object. */
const nothing = z.strictObject({});

/**
 * The router of the control API, to be mounted at `/_tenant` before any other body parser. It includes its guard
 * against cross-site requests. Errors are `{error, message}`. A change needs a JSON body, which a cross-site form
 * cannot send.
 */
export function createControl(deps: ControlDeps, access: Access): Router {
  const router = express.Router();
  router.use(createTokenGuard(access), createControlGuard(access), setHeaders);
  const rows = controlRows(deps);
  for (const row of rows) {
    const limit = row.maxBodyBytes ?? MAX_BODY_BYTES;
    const parseJson = express.json({ limit, type: 'application/json' });
    const method = row.method.toLowerCase() as Lowercase<SchemaRow['method']>;
    router[method](row.path, ...(row.method === 'GET' ? [] : [requireJson, parseJson]), toHandler(row));
  }
  for (const path of new Set(rows.map((row) => row.path))) {
    const allowed = rows.filter((row) => row.path === path).map((row) => row.method);
    router.all(path, (_request, response) => {
      response.setHeader('allow', [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])].join(', '));
      refuse(response, 405, 'method_not_allowed', `Allowed here: ${allowed.join(', ')}.`);
    });
  }
  router.use((_request, response) => {
    refuse(response, 404, 'not_found', 'The control API has no such operation.');
  });
  router.use(writeError);
  return router;
}

const setHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
  });
  next();
};

const requireJson: RequestHandler = (request, response, next) => {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/json') next();
  else refuse(response, 415, 'unsupported_media_type', 'A change needs a body of application/json.');
};

function toHandler(row: SchemaRow): RequestHandler {
  return async (request, response) => {
    if (isTooDeep(request.body)) {
      refuse(response, 400, 'invalid_request', 'The body is nested too deeply.');
      return;
    }
    const query = (row.query ?? nothing).safeParse(request.query);
    const body = (row.body ?? nothing).safeParse(row.method === 'GET' ? {} : (request.body ?? {}));
    if (!query.success || !body.success) {
      const error = query.error ?? body.error;
      refuse(response, 400, 'invalid_request', error === undefined ? '' : toMessage(error));
      return;
    }
    const reply = await row.handle({ params: paramsOf(request), ...parsedFor(query.data, body.data) });
    response.status(reply.status ?? 200).json(reply.body);
  };
}

const toMessage = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => [...path, message].join(': ')).join('; ');

/** Errors of the body parser have a status; any other error is a 500 without details. */
const writeError: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const status = error instanceof Error && 'status' in error ? error.status : 500;
  if (status === 400)
    refuse(response, 400, 'invalid_request', 'The request has malformed JSON or a malformed path.');
  else if (status === 413)
    refuse(response, 413, 'body_too_large', 'The body is too large for this operation.');
  else if (status === 415) refuse(response, 415, 'unsupported_media_type', 'Send plain UTF-8 JSON.');
  else refuse(response, 500, 'internal', 'The request failed because of an internal error.');
};
