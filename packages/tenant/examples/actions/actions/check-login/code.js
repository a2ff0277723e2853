/**
 * @import { Event, PostLoginAPI } from 'emulator-for-auth0/actions/post-login/v3'
 */

/**
 * Puts the plan of the user into the tokens, denies users whose e-mail address is not verified, and asks for a second
 * factor where an administrator has set `app_metadata.requires_mfa`.
 * @param {Event} event
 * @param {PostLoginAPI} api
 */
exports.onExecutePostLogin = async (event, api) => {
  const { app_metadata: about, email, email_verified: isVerified } = event.user;
  if (about.suspended === true) {
    // At a refresh this ends the session of the application.
    api.access.deny('account_suspended');
    return;
  }
  if (email !== undefined && !isVerified) {
    // One word: an application can tell its user what to do.
    api.access.deny('email_not_verified');
    return;
  }
  const plan = about.plan ?? 'free';
  const claim = `${event.secrets.CLAIM_NAMESPACE}plan`;
  api.idToken.setCustomClaim(claim, plan);
  api.accessToken.setCustomClaim(claim, plan);
  const hasFactor = event.authentication?.methods.some(({ name }) => name === 'mfa') ?? false;
  const isRefresh = event.transaction?.protocol === 'oauth2-refresh-token';
  if (about.requires_mfa === true && !hasFactor && !isRefresh) api.multifactor.enable('any');
};
