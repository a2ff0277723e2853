import cors from 'cors';
import express from 'express';
import { expressjwt } from 'express-jwt';
import helmet from 'helmet';
import pinoHttp from 'pino-http';
import { jwtOptions } from './express-jwt-options.js';
import { answer, host, path, port, requireScope } from './settings.js';

const app = express();
app.use(pinoHttp());
app.use(helmet());
app.use(cors());
app.use(expressjwt(jwtOptions));
app.get(path, requireScope, (_req, res) => {
  res.json(answer);
});
app.listen(port, host);
