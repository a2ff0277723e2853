import { invalidBody } from './management-error.ts';

/** The texts of a multipart form by their names, those of files too. Throws 400 `invalid_body` for what is none. */
export async function parseForm(
  type: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Record<string, string>> {
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData().catch(() => {
    throw invalidBody(`'The body is no multipart form'`);
  });
  const fields = new Map<string, string>();
  for (const [name, value] of form) {
    if (fields.has(name)) throw invalidBody(`'${name} is there twice'`);
    fields.set(name, typeof value === 'string' ? value : await value.text());
  }
  return Object.fromEntries(fields);
}
