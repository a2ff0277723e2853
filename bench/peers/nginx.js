/** The configuration of nginx as a plain proxy: one process, connections to the upstream kept, as its guide shows it. */
export function toNginxConfig({ port, upstreamPort, dir, logFile }) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `  ${name}_temp_path ${dir}/nginx-${name};`)
    .join('\n');
  return `daemon off;
master_process off;
pid ${dir}/nginx.pid;
error_log ${logFile};
events {
  worker_connections 4000;
}
http {
${temporary}
  access_log ${logFile};
  keepalive_requests 1000000000;
  upstream one {
    server 127.0.0.1:${upstreamPort};
    keepalive 256;
    keepalive_requests 1000000000;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://one;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    }
  }
}
`;
}
