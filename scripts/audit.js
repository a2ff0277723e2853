const refused = ['high', 'critical'];

/**
 * Reads the output of `npm audit --json`. Fails on known vulnerabilities of high or critical severity. A registry without
 * an answer or without audits is not a failure; the remark says so.
 */
export function toAuditVerdict(output) {
  const report = readReport(output);
  if (report === undefined) return { failed: false, remark: 'not audited: the registry did not answer' };
  const found = Object.values(report.vulnerabilities);
  const faults = found.filter(({ severity }) => refused.includes(severity));
  return {
    failed: faults.length > 0,
    remark:
      found.length === 0
        ? ''
        : `${found.length} packages with known vulnerabilities, ${faults.length} of them high or critical`,
    output: faults.map(({ name, severity, range }) => `${name} ${range}: ${severity}`).join('\n'),
  };
}

// Warnings may surround the report, so it is looked for from the first line that opens an object.
function readReport(output) {
  try {
    const report = JSON.parse(output.slice(output.search(/^\{/m), output.lastIndexOf('}') + 1));
    return typeof report.vulnerabilities === 'object' ? report : undefined;
  } catch {
    return undefined;
  }
}
