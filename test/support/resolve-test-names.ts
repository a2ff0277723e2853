// Loaded into a program before it runs (`--import`): every name below `.test` is this machine, as the DNS would say of a real domain.
import dns from 'node:dns';

const { lookup } = dns;

Object.assign(dns, {
  lookup: (name: string, ...rest: [dns.LookupOptions, () => void]) =>
    lookup(name.endsWith('.test') ? '127.0.0.1' : name, ...rest),
});
