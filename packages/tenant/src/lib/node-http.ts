/**
 * node's own http module. An `import` of it reads each of its exports, and one of them loads node's whole HTTP
 * client for `fetch` and WebSocket: a start would take 30 ms longer.
 */
export const { createServer, validateHeaderName, validateHeaderValue } =
  process.getBuiltinModule('node:http');
