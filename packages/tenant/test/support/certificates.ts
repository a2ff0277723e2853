export { type Certificates, issueCertificates } from '../../src/transport/issue-certificates.ts';
