const MAX_CHARS = 60;

/** The first match wins: most user agents name other browsers too. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Chrome|CriOS|Chromium|HeadlessChrome)\//, 'Chrome'],
  [/\bVersion\/.*Safari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

const match = (table: typeof BROWSERS, text: string): string | undefined =>
  table.find(([pattern]) => pattern.test(text))?.[1];

/** The label of a session's device: `Firefox on Windows`, or the first product of an unknown user agent. */
export function toDevice(userAgent: string | undefined): string {
  const text = (userAgent ?? '').slice(0, 1024);
  const browser = match(BROWSERS, text);
  const system = match(SYSTEMS, text);
  if (browser) return system ? `${browser} on ${system}` : browser;
  const product = /^[\w.+-]+/.exec(text)?.[0] ?? '';
  return product === '' ? 'unknown' : product.slice(0, MAX_CHARS);
}
