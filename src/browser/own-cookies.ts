const OWN_NAME = /^(?:__Host-|__Secure-)?gatehouse(?:-|$)/i;

/** Whether a cookie belongs to the gateway: upstreams neither get nor set it. */
export const isOwnCookie = (name: string): boolean => OWN_NAME.test(name);
