import type { Audit } from '../observe/audit.ts';
import type { DenyList } from './deny-list.ts';
import type { Effect } from './effects.ts';

/** Ends sessions that began before a time; all throw GatewayError `store_unavailable`. */
export interface EndSessions {
  /**
   * Ends all sessions of a user except for those that continue after a password change by this gateway; returns their
   * number.
   */
  readonly endBefore: (
    sub: string,
    atMs: number,
    options?: { readonly sparesChanger: boolean },
  ) => Promise<number>;
  readonly endBySid: (sid: string) => Promise<readonly string[]>;
}

export interface ApplyDeps extends EndSessions {
  readonly denyList: Pick<
    DenyList,
    | 'denySubject'
    | 'allowSubject'
    | 'denyIssuedBefore'
    | 'denyClientBefore'
    | 'dropMachineTokens'
    | 'renewPermissions'
  >;
  /** Checks the sessions of a user at the tenant in the background, and ends those that it has ended. */
  readonly checkUser: (sub: string) => void;
  /** The same for all users with sessions. */
  readonly checkAll: () => void;
  readonly audit: Audit;
}

/**
 * Applies an effect. It can be repeated: sessions and tokens that started after `atMs`, the time of the change by the
 * tenant's clock, are not affected. The deny list comes first, so that no token stays accepted after an outage in between.
 * @throws GatewayError `store_unavailable`
 */
export async function applyEffect(deps: ApplyDeps, effect: Effect, atMs: number): Promise<void> {
  const { denyList, audit } = deps;

  const denied = (subject: string | undefined, reason: string, clientId?: string): void =>
    audit({ event: 'bearer.denied', outcome: 'succeeded', source: 'feed', subject, clientId, reason });

  async function endBefore(sub: string, sparesChanger = false): Promise<void> {
    const count = await deps.endBefore(sub, atMs, { sparesChanger });
    for (let i = 0; i < count; i++)
      audit({
        event: 'session.revoked',
        outcome: 'succeeded',
        source: 'feed',
        subject: sub,
        reason: effect.does,
      });
  }

  switch (effect.does) {
    case 'block':
      await denyList.denySubject(effect.sub);
      denied(effect.sub, effect.does);
      return endBefore(effect.sub);
    case 'unblock':
      return denyList.allowSubject(effect.sub);
    case 'password':
    case 'end-all':
      await denyList.denyIssuedBefore(effect.sub, atMs);
      denied(effect.sub, effect.does);
      return endBefore(effect.sub, effect.does === 'password');
    case 'end-session':
      for (const subject of await deps.endBySid(effect.sid))
        audit({
          event: 'session.revoked',
          outcome: 'succeeded',
          source: 'feed',
          subject,
          reason: effect.does,
        });
      return undefined;
    case 'check-user':
      return deps.checkUser(effect.sub);
    case 'check-all':
      return deps.checkAll();
    case 'renew':
      await denyList.renewPermissions(effect.sub, atMs);
      return denied(effect.sub, effect.does);
    case 'client':
      await denyList.denyClientBefore(effect.clientId, atMs);
      return denied(undefined, effect.does, effect.clientId);
    case 'some-client':
      return denyList.dropMachineTokens(atMs);
  }
}
