const MAX_CHARS = 60;

/** First match wins: most browsers name others, too. */
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

/** What a person recognises a session by: `Firefox on Windows`, or the product that a user agent names first. */
export function toDevice(userAgent: string | undefined): string {
  const text = (userAgent ?? '').slice(0, 1024);
  const browser = match(BROWSERS, text);
  const system = match(SYSTEMS, text);
  if (browser) return system ? `${browser} on ${system}` : browser;
  const product = /^[\w.+-]+/.exec(text)?.[0] ?? '';
  return product === '' ? 'unknown' : product.slice(0, MAX_CHARS);
}
