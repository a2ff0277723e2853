/** Names in the replay store of what happened to a session, for so long. */
export const MARK_TTL_MS = 60_000;

/** The session of a ticket's id ended since its user signed out, or in again. */
export const toSignedOutMark = (ticketId: string): string => `signed out ${ticketId}`;

/** The session of a public id has changed its user's password, and continues. */
export const toPasswordChangeMark = (publicId: string): string => `password change ${publicId}`;
