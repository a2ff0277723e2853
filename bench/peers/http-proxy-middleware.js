import http from 'node:http';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { host, port, upstreamUrl } from './settings.js';

const app = express();
// Its documentation leaves the agent out, which opens a connection for each request; this is the kinder setting.
const agent = new http.Agent({ keepAlive: true });
app.use(createProxyMiddleware({ target: upstreamUrl, changeOrigin: true, agent }));
app.listen(port, host);
