const width = 940;
const labelWidth = 410;
const barHeight = 18;
const gap = 6;
const titleHeight = 34;

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** An SVG bar chart of the results: one group per work, one bar per rate relative to Gatehouse. */
export function toChart(all) {
  const results = all.filter(({ rows }) => rows.length > 0);
  const shares = results.flatMap(({ rows }) => rows.map(({ ratio }) => 1 / ratio));
  const scale = (width - labelWidth - 70) / Math.max(...shares);
  const parts = [];
  let y = 12;
  for (const { id, title, rows } of results) {
    parts.push(`<text class="title" x="12" y="${y + 16}">${escape(`${id}  ${title}`)}</text>`);
    y += titleHeight;
    for (const row of rows) {
      const length = Math.max(1, Math.round(scale / row.ratio));
      const middle = y + barHeight - 5;
      parts.push(
        `<text x="${labelWidth - 10}" y="${middle}" text-anchor="end">${escape(row.title)}</text>`,
        `<rect class="${row.isFirst ? 'own' : 'peer'}" x="${labelWidth}" y="${y}" width="${length}" height="${barHeight}" rx="2"/>`,
        `<text x="${labelWidth + length + 8}" y="${middle}">${(1 / row.ratio).toFixed(2)}</text>`,
      );
      y += barHeight + gap;
    }
    y += 14;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${y}" viewBox="0 0 ${width} ${y}" role="img" aria-label="Requests per second, relative to Gatehouse">
<style>text{font:13px system-ui,sans-serif;fill:#24292f}.title{font-weight:600;font-size:14px}.own{fill:#0b6e4f}.peer{fill:#9fb3c8}</style>
<rect width="100%" height="100%" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}
