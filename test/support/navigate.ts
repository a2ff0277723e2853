import { request } from 'node:http';

export interface Navigated {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** What a browser sends where a person follows a link of another site, types an address or comes back from the tenant. */
export const navigation = {
  accept: 'text/html',
  'sec-fetch-mode': 'navigate',
  'sec-fetch-dest': 'document',
  'sec-fetch-site': 'none',
} as const;

/**
 * Goes to a path of a gateway as a browser does, following nothing: `fetch` would say of itself that it is no navigation.
 * `host` as a browser writes it, since the gateway is reached by number; headers of undefined are left out.
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
