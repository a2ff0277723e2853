import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { GatewayError } from '../errors.ts';
import { ICON_LINK, PAGE_HEADERS, PAGE_TYPE } from '../http/page.ts';
import { defineRoute, type Route } from '../http/route.ts';
import type { DocumentOptions } from './document.ts';

/** The files of Swagger UI that the page needs, served from here so that it works offline. */
const ASSET_TYPES: Record<string, string> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
};

// The sign-in gives the page a session; requests with its cookie need X-CSRF.
const SCRIPT = `const requestInterceptor = (request) => {
  request.headers['X-CSRF'] = '1';
  return request;
};
const isForTrying = (state, path, method) =>
  state.getIn(['json', 'paths', path, method, 'x-try-it-out']) !== false;
const onlyCalls = { statePlugins: { spec: { wrapSelectors: { allowTryItOutFor: () => isForTrying } } } };
const isDark = matchMedia('(prefers-color-scheme: dark)');
const followScheme = () => document.documentElement.classList.toggle('dark-mode', isDark.matches);
followScheme();
isDark.addEventListener('change', followScheme);
// Below the title, no level is left out.
const setLevels = () =>
  document.querySelectorAll('h3.opblock-tag').forEach((tag) => tag.setAttribute('aria-level', '2'));
window.onload = () => {
  SwaggerUIBundle({
    url: '/openapi.json',
    dom_id: '#docs',
    validatorUrl: null,
    tryItOutEnabled: false,
    requestInterceptor,
    plugins: [onlyCalls],
    onComplete: setLevels,
  });
};
`;

/** What Swagger UI leaves to be desired: on small screens, and in contrast. The one server is this gateway. */
const STYLE = `body{margin:0}
.swagger-ui .scheme-container .schemes-server-container{display:none}
.swagger-ui .opblock.opblock-get .opblock-summary-method{background:#1d66ad}
.swagger-ui .opblock.opblock-post .opblock-summary-method{background:#1b7647}
.swagger-ui .opblock.opblock-patch .opblock-summary-method{background:#0f6f66}
.swagger-ui .opblock.opblock-delete .opblock-summary-method{background:#b3211f}
@media (max-width:640px){
.swagger-ui .opblock-tag,.swagger-ui .opblock .opblock-summary{flex-wrap:wrap}
.swagger-ui .opblock-tag small{flex-basis:100%;padding:0}
.swagger-ui .opblock-body,.swagger-ui .models{overflow-x:auto}
}`;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gatehouse API</title>
${ICON_LINK}
<link rel="stylesheet" href="/docs/swagger-ui.css">
<style>${STYLE}</style>
</head>
<body>
<div id="docs"><noscript>This page needs JavaScript; the document itself is at <a href="/openapi.json">/openapi.json</a>.</noscript></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const assetPath = (name: string): string => createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`);

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
    defineRoute({
      ...sharedOfPage,
      path: '/docs/start.js',
      undocumented: true,
      operationId: 'getDocsScript',
      summary: 'The script of the page',
      responses: { 200: { description: 'The script', contentType: 'text/javascript; charset=utf-8' } },
      handler: () => ({ status: 200, body: SCRIPT, headers: CACHED }),
    }),
    ...Object.entries(ASSET_TYPES).map(([name, contentType]) =>
      defineRoute({
        ...sharedOfPage,
        path: `/docs/${name}`,
        undocumented: true,
        operationId: `getDocsAsset_${name.replaceAll(/\W/g, '_')}`,
        summary: `A file of the page: ${name}`,
        responses: { 200: { description: 'The file', contentType } },
        handler: async () => {
          const bytes = await readFile(assetPath(name)).catch((cause: unknown) => {
            throw new GatewayError('not_found', { cause });
          });
          return { status: 200, body: bytes, headers: CACHED };
        },
      }),
    ),
  ];
}
