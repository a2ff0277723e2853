/** The configuration of HAProxy as a plain proxy: one thread, connections to the upstream kept. */
export function toHaproxyProxyConfig({ port, upstreamPort }) {
  return `global
  nbthread 1
  maxconn 4000

defaults
  mode http
  http-reuse always
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout http-keep-alive 60s
  timeout http-request 10s

frontend api
  bind 127.0.0.1:${port}
  option forwardfor
  default_backend upstream

backend upstream
  server one 127.0.0.1:${upstreamPort}
`;
}
