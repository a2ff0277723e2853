const decode = (text: string): string =>
  text.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/**
 * The path that a lenient upstream could derive from a target: decoded twice, backslashes converted, parameters after
 * `;` removed, slashes merged, dot segments resolved, case ignored.
 */
export function resolveAsUpstream(target: string): string {
  const path = decode(decode(target.split(/[?#]/, 1)[0] ?? ''));
  const out: string[] = [];
  for (const raw of path.replaceAll('\\', '/').toLowerCase().split('/')) {
    const segment = raw.split(/[;\0]/, 1)[0] ?? '';
    if (segment === '..') out.pop();
    else if (segment !== '' && segment !== '.') out.push(segment);
  }
  return `/${out.join('/')}`;
}
