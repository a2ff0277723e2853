import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { GatewayError } from '../errors.ts';
import { ICON_LINK, PAGE_HEADERS, PAGE_TYPE } from '../http/page.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { DocumentOptions } from './document.ts';

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** The files of the page, by name: those of Swagger UI, served from here so that it works offline, and what is ours on top of them. */
const ASSETS = [
  ['swagger-ui.css', join(SWAGGER_UI, 'swagger-ui.css'), 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', join(SWAGGER_UI, 'swagger-ui-bundle.js'), 'text/javascript; charset=utf-8'],
  ['style.css', join(import.meta.dirname, 'docs-page.css'), 'text/css; charset=utf-8'],
  ['start.js', join(import.meta.dirname, 'docs-page.js'), 'text/javascript; charset=utf-8'],
] as const;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatehouse API</title>
${ICON_LINK}
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<div id="docs"><noscript>This page needs JavaScript; the document itself is at <a href="/openapi.json">/openapi.json</a>.</noscript></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const CACHED = { 'Cache-Control': 'public, max-age=3600' };

/** `/openapi.json`, created from the rows at the first request, and `/docs`, a page that shows it. */
export function docsRoutes(toOptions: () => DocumentOptions): Route[] {
  let document: Promise<string> | undefined;
  // The generator is loaded at the first request.
  const readDocument = () =>
    (document ??= import('./document.ts').then(({ toDocument }) => JSON.stringify(toDocument(toOptions()))));
  const shared = { method: 'GET', guard: 'public', tag: 'About', errors: [] } as const;
  const sharedOfPage = { ...shared, kind: 'page' } as const;
  return [
    defineRoute({
      ...shared,
      path: '/openapi.json',
      operationId: 'getOpenApi',
      summary: 'This API as an OpenAPI 3.1 document',
      responses: { 200: { description: 'The document', contentType: 'application/json; charset=utf-8' } },
      handler: async () => ({ status: 200, body: await readDocument() }),
    }),
    defineRoute({
      ...sharedOfPage,
      path: '/docs',
      operationId: 'getDocs',
      summary: 'This API as a page',
      responses: { 200: { description: 'The page', contentType: PAGE_TYPE } },
      handler: () => ({ status: 200, body: PAGE, headers: PAGE_HEADERS }),
    }),
    ...ASSETS.map(([name, file, contentType]) =>
      defineRoute({
        ...sharedOfPage,
        path: `/docs/${name}`,
        undocumented: true,
        operationId: `getDocsAsset_${name.replaceAll(/\W/g, '_')}`,
        summary: `A file of the page: ${name}`,
        responses: { 200: { description: 'The file', contentType } },
        handler: async () => {
          const bytes = await readFile(file).catch((cause: unknown) => {
            throw new GatewayError('not_found', { cause });
          });
          return { status: 200, body: bytes, headers: CACHED };
        },
      }),
    ),
  ];
}
