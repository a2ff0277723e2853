import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import express, { type Request, type Response } from 'express';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bornWithExpress } from '../../src/http/born-with-express.ts';

const app = express();
let seen: { readonly request: Request; readonly response: Response };
app.use(express.json());
app.use((request, response, next) => {
  seen = { request, response };
  next();
});
app.get('/things/:id', (request, response) => {
  response
    .status(201)
    .set('X-Seen', request.get('x-asked') ?? '')
    .cookie('a', 'b')
    .json({
      id: request.params.id,
      query: request.query,
      ip: request.ip,
      isJson: request.accepts('json') === 'json',
    });
});
app.post('/echo', (request, response) => response.send(request.body));
app.get('/away', (_request, response) => response.redirect('/things/1'));
app.get('/fault', () => {
  throw new Error('no');
});
app.use((_error: unknown, _request: Request, response: Response, _next: () => void) => {
  response.status(500).type('text').send('handled');
});

let server: Server;
beforeAll(() => {
  server = createServer(bornWithExpress(app), app);
});
afterAll(() => server.close());

describe('requests and responses of an Express app', () => {
  it('are created with the prototypes that Express sets, and are instances of Node’s classes', async () => {
    await supertest(server).get('/things/7');
    const { request, response } = seen;
    expect(Object.getPrototypeOf(request)).toBe(app.request);
    expect(Object.getPrototypeOf(response)).toBe(app.response);
    expect(request).toBeInstanceOf(IncomingMessage);
    expect(response).toBeInstanceOf(ServerResponse);
    expect(request.res).toBe(response);
    expect(response.req).toBe(request);
  });

  it('have their members created by Node’s constructors', () => {
    const born = bornWithExpress(app);
    expect(Object.getPrototypeOf(born.IncomingMessage)).toBe(IncomingMessage);
    expect(Object.getPrototypeOf(born.ServerResponse)).toBe(ServerResponse);
  });

  it('have the complete API of Express', async () => {
    const answer = await supertest(server).get('/things/7?a=b').set('X-Asked', 'yes');
    expect(answer.status).toBe(201);
    expect(answer.headers).toMatchObject({ 'x-seen': 'yes', 'set-cookie': ['a=b; Path=/'] });
    expect(answer.body).toMatchObject({ id: '7', query: { a: 'b' }, isJson: true });
    expect(answer.body.ip).toMatch(/127\.0\.0\.1$/);
    expect((await supertest(server).post('/echo').send({ c: 'd' })).body).toEqual({ c: 'd' });
    expect((await supertest(server).get('/away')).headers['location']).toBe('/things/1');
    expect((await supertest(server).get('/fault')).text).toBe('handled');
    expect((await supertest(server).get('/nowhere')).status).toBe(404);
  });
});
