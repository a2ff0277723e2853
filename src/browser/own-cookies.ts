const OWN_NAME = /^(?:__Host-|__Secure-)?gatehouse(?:-|$)/i;

/** Whether a cookie of this name is the gateway's alone: no upstream gets it or sets it. */
export const isOwnCookie = (name: string): boolean => OWN_NAME.test(name);
