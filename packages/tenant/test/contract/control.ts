export interface InboxMessage {
  readonly to: string;
  readonly kind: string;
  readonly subject: string;
  readonly code?: string;
  readonly link?: string;
  readonly at: string;
}

/** What tests can do with the embedded tenant in addition. */
export interface Control {
  readonly clock: { travel(seconds: number): Promise<void> };
  readonly faults: { inject(faults: readonly object[]): Promise<void> };
  /** Oldest first. */
  readonly inbox: { list(to: string): Promise<readonly InboxMessage[]> };
  readonly keys: { rotate(): Promise<void> };
  readonly settings: {
    /** Changes settings of the tenant while `work` runs. */
    during(change: Readonly<Record<string, unknown>>, work: () => Promise<void>): Promise<void>;
    /** Sets the application's back-channel logout URL. */
    setLogoutUrl(url: string): void;
  };
  readonly logouts: { send(order: { user_id: string; client_id: string; sid?: string }): Promise<void> };
  readonly factors: { answerPush(userId: string, action: 'accept' | 'deny'): Promise<void> };
  /** The setting that fixes an error, from a header that only the embedded tenant sends. */
  readonly hints: { of(headers: Headers): string | undefined };
  readonly log: { types(): string[] };
}
