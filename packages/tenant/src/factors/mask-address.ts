/** The number of characters of the domain that are shown. */
const SHOWN_OF_DOMAIN = 4;
const SHOWN_OF_PHONE = 4;

/** A masked e-mail address or phone number: `****@exam*******`, `XXXXXXXXX9167`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  if (at < 0) return address.slice(-SHOWN_OF_PHONE).padStart(address.length, 'X');
  const domain = address.slice(at + 1);
  return `${'*'.repeat(at)}@${domain.slice(0, SHOWN_OF_DOMAIN).padEnd(domain.length, '*')}`;
}
