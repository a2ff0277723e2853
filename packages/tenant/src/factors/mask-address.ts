/** The number of characters of the domain that are shown. */
const shownOfDomain = 4;
const shownOfPhone = 4;

/** A masked e-mail address or phone number: `****@exam*******`, `XXXXXXXXX9167`. */
export function maskAddress(address: string): string {
  const at = address.lastIndexOf('@');
  if (at < 0) return address.slice(-shownOfPhone).padStart(address.length, 'X');
  const domain = address.slice(at + 1);
  return `${'*'.repeat(at)}@${domain.slice(0, shownOfDomain).padEnd(domain.length, '*')}`;
}
