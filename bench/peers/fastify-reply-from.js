import replyFrom from '@fastify/reply-from';
import createFastify from 'fastify';
import { host, port, upstreamUrl } from './settings.js';

const fastify = createFastify();
fastify.register(replyFrom, { base: upstreamUrl });
fastify.get('/*', (request, reply) => {
  reply.from(request.url);
});
await fastify.listen({ port, host });
