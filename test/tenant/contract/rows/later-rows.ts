import type { ContractRow } from '../contract-row.ts';

const later = 'with the Management API';

export const laterRows: readonly ContractRow[] = [
  { id: 'MG01', title: 'users are made, merged, refused twice, deleted and not found', later },
  { id: 'MG02', title: 'a token without the scope answers 403 insufficient_scope', later },
  { id: 'MG03', title: 'a new client is usable at once', later },
];
