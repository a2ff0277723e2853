import { request } from 'node:http';

export interface Navigated {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The headers of a browser for a link on another site, a typed URL and a return from the tenant. */
export const navigation = {
  accept: 'text/html',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'none',
} as const;

/**
 * Navigates to a path of a gateway like a browser, without following redirects; `fetch` cannot send the Fetch Metadata
 * headers of a navigation. `host` is the Host header, because the connection is by IP address; undefined headers are
 * omitted.
 */
export function navigate(
  url: string,
  path: string,
  headers: Readonly<Record<string, string | undefined>> = {},
  method: 'GET' | 'HEAD' = 'GET',
): Promise<Navigated> {
  const { hostname, port } = new URL(url);
  const all = { host: `localhost:${port}`, ...navigation, ...headers };
  const sent = Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, method, headers: sent, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const received = new Headers();
        const raw = response.rawHeaders;
        for (let i = 0; i < raw.length; i += 2) received.append(raw[i] ?? '', raw[i + 1] ?? '');
        resolve({
          status: response.statusCode ?? 0,
          headers: received,
          text: Buffer.concat(pieces).toString(),
        });
      });
    })
      .on('error', reject)
      .end();
  });
}
