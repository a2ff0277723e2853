import express from 'express';
import { answer, host, path, port } from './settings.js';

const app = express();
app.get(path, (_req, res) => {
  res.json(answer);
});
app.listen(port, host);
