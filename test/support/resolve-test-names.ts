// For `--import`: resolves every name below `.test` to this machine.
import dns from 'node:dns';

const { lookup } = dns;

Object.assign(dns, {
  lookup: (name: string, ...rest: [dns.LookupOptions, () => void]) =>
    lookup(name.endsWith('.test') ? '127.0.0.1' : name, ...rest),
});
