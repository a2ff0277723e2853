/**
 * node:http without `import`: an `import` reads every export, and one of them loads node's HTTP client for `fetch` and
 * WebSocket, which slows the start by 30 ms.
 */
export const { createServer, validateHeaderName, validateHeaderValue } =
  process.getBuiltinModule('node:http');
