export { type Certificates, issueCertificates } from '../../src/certificates-issue.ts';
