import type { createDocument } from 'zod-openapi';

type Document = ReturnType<typeof createDocument>;

/** The prefix of the IDs of our own schemas: an operator's module may have a `User` schema too. */
export const OWN_PREFIX = 'gatehouse.';

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g;

/** The document with our schemas under their plain names. Schemas of others with the same name get a number. */
export function withPlainNames(document: Document): Document {
  const ids = Object.keys(document.components?.schemas ?? {});
  const names = new Map<string, string>();
  const taken = new Set<string>();
  const isOwn = (id: string): boolean => id.startsWith(OWN_PREFIX);
  for (const id of [...ids.filter(isOwn), ...ids.filter((each) => !isOwn(each))]) {
    const plain = isOwn(id) ? id.slice(OWN_PREFIX.length) : id;
    let name = plain;
    for (let i = 2; taken.has(name); i++) name = `${plain}${i}`;
    names.set(id, name);
    taken.add(name);
  }
  const schemas = ids.map((id) => [names.get(id), document.components?.schemas?.[id]]);
  const renamed = {
    ...document,
    components: { ...document.components, schemas: Object.fromEntries(schemas) },
  };
  const text = JSON.stringify(renamed).replaceAll(
    REFERENCE,
    (_, id: string) => `"#/components/schemas/${names.get(id) ?? id}"`,
  );
  return JSON.parse(text) as Document;
}
