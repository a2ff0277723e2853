/**
 * @import { Event, PreUserRegistrationAPI } from 'emulator-for-auth0/actions/pre-user-registration/v2'
 */

const DISPOSABLE = new Set(['mailinator.com', 'trashmail.com']);

/**
 * Denies sign-ups with disposable e-mail addresses, and gives new users a plan.
 * @param {Event} event
 * @param {PreUserRegistrationAPI} api
 */
exports.onExecutePreUserRegistration = async (event, api) => {
  const domain = event.user.email?.split('@')[1];
  if (domain !== undefined && DISPOSABLE.has(domain)) {
    api.access.deny('disposable_email', 'Use an e-mail address that you will keep.');
    return;
  }
  api.user.setAppMetadata('plan', 'trial');
};
