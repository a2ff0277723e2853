/** A document that the Management API stores and returns, without effect on the tenant. */
export interface Kept {
  /** Its path without the id, such as `/log-streams` or `/hooks/<id>/secrets`. */
  readonly kind: string;
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export const keptKey = (kind: string, id: string): string => `${kind}\n${id}`;
