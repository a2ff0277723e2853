import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';
import { host, port, upstreamUrl } from './settings.js';

const app = express();
app.use(createProxyMiddleware({ target: upstreamUrl, changeOrigin: true }));
app.listen(port, host);
