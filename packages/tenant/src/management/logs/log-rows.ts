import { z } from 'zod';
import type { LogEntry } from '../../state/token-documents.ts';
import { fieldsQuery, pickFields } from '../fields.ts';
import { checkpointQuery, listReply, pageQuery } from '../list-reply.ts';
import { notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { parseDocumentSearch } from '../search/search-documents.ts';
import type { SearchFields } from '../search/search-fields.ts';
import { sortDocuments, sortQuery } from '../search/sort-documents.ts';
import { requireUserId } from '../users/user-errors.ts';

const pagesQuery = z.object({ ...pageQuery, ...fieldsQuery, sort: sortQuery });
const logsQuery = z.object({
  ...pagesQuery.shape,
  ...checkpointQuery,
  q: z.string().optional(),
  search: z.string().optional(),
});

const NAMES = ['user_name', 'description', 'client_name', 'connection'];
const searchFields: SearchFields = {
  naming: NAMES,
  ignoringCase: new Set(NAMES),
  dates: new Set(['date']),
  numbers: new Set(),
  others: new Set([
    'log_id',
    'type',
    'client_id',
    'ip',
    'user_id',
    'user_agent',
    'audience',
    'scope',
    'hostname',
  ]),
  isPlain: () => false,
};

const show = (entry: LogEntry): object => ({ ...entry, _id: entry.log_id });

/** The tenant's log, newest first by default. Checkpoint pagination returns a bare array, oldest first. */
export const logRows: MakeRows = (context) => {
  const byPage = (entries: readonly LogEntry[], query: z.output<typeof pagesQuery>) =>
    listReply(
      {
        name: 'logs',
        items: sortDocuments(entries.toReversed(), query.sort),
        idOf: (entry) => entry.log_id,
        show: (entry) => pickFields(show(entry), query),
      },
      query,
    );
  return [
    defineRow({
      method: 'GET',
      path: '/logs',
      scopes: ['read:logs', 'read:logs_users'],
      query: logsQuery,
      handle: ({ query: { from, take, ...query } }) => {
        const entries = context.log.list();
        if (from === undefined && take === undefined)
          return byPage(entries.filter(parseDocumentSearch(query.q ?? query.search, searchFields)), query);
        const start = entries.findIndex(({ log_id }) => log_id === from) + 1;
        const shown = entries.slice(start, start + (take ?? 50));
        return { status: 200, body: shown.map((entry) => pickFields(show(entry), query)) };
      },
    }),
    defineRow({
      method: 'GET',
      path: '/logs/:id',
      scopes: ['read:logs', 'read:logs_users'],
      handle: ({ params }) => {
        const entry = context.log.list().find(({ log_id }) => log_id === params.id);
        if (!entry) throw notFound('The log event does not exist.', 'inexistent_log');
        return { status: 200, body: show(entry) };
      },
    }),
    defineRow({
      method: 'GET',
      path: '/users/:id/logs',
      scopes: ['read:logs', 'read:logs_users'],
      query: pagesQuery,
      handle: ({ params, query }) => {
        const userId = requireUserId(params.id);
        return byPage(
          context.log.list().filter(({ user_id }) => user_id === userId),
          query,
        );
      },
    }),
  ];
};
