import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import { DEFAULT_ATTACK_PROTECTION, defined } from '../../state/defaults.ts';
import type { AttackProtection, SuspiciousIpThrottling } from '../../state/settings-documents.ts';
import { oneOf, text } from '../body-parts.ts';
import { defineRow, type MakeRows, type ManagementRow } from '../management-row.ts';

const allowlist = z.array(text(100, 1)).max(100, 'Array is too long, maximum 100').optional();
const shields = <const V extends readonly [string, ...string[]]>(values: V) =>
  z.array(oneOf(values)).optional();
const attempts = (max: number) =>
  z.int('Expected type integer').min(1, 'Value is less than minimum 1').max(max);
const rate = z.strictObject({ max_attempts: attempts(100_000), rate: z.int().min(0) }).partial();

const bruteForce = z.strictObject({
  enabled: z.boolean().optional(),
  shields: shields(['block', 'user_notification']),
  mode: oneOf(['count_per_identifier_and_ip', 'count_per_identifier']).optional(),
  max_attempts: attempts(100).optional(),
  allowlist,
});

const stageShields = z.strictObject({ shields: shields(['block', 'admin_notification']) });

const breachedPassword = z.strictObject({
  enabled: z.boolean().optional(),
  shields: shields(['block', 'user_notification', 'admin_notification']),
  admin_notification_frequency: z.array(oneOf(['immediately', 'daily', 'weekly', 'monthly'])).optional(),
  method: oneOf(['standard', 'enhanced']).optional(),
  stage: z
    .strictObject({ 'pre-user-registration': stageShields, 'pre-change-password': stageShields })
    .partial()
    .optional(),
});

const suspiciousIp = z.strictObject({
  enabled: z.boolean().optional(),
  shields: shields(['block', 'admin_notification']),
  allowlist,
  stage: z
    .strictObject({ 'pre-login': rate, 'pre-user-registration': rate, 'pre-custom-token-exchange': rate })
    .partial()
    .optional(),
});

const DEFAULT_THROTTLING: SuspiciousIpThrottling = {
  enabled: true,
  shields: ['admin_notification', 'block'],
  allowlist: [],
  stage: {
    'pre-login': { max_attempts: 100, rate: 864_000 },
    'pre-user-registration': { max_attempts: 50, rate: 1200 },
    'pre-custom-token-exchange': { max_attempts: 10, rate: 600_000 },
  },
};

const read = ({
  state,
}: Pick<TenantContext, 'state'>): AttackProtection &
  Required<Pick<AttackProtection, 'suspicious_ip_throttling'>> => {
  const protection = state.attackProtection.get() ?? DEFAULT_ATTACK_PROTECTION;
  const throttling = protection.suspicious_ip_throttling ?? DEFAULT_THROTTLING;
  return {
    ...protection,
    breached_password_detection: {
      admin_notification_frequency: [],
      ...protection.breached_password_detection,
      stage: { 'pre-change-password': { shields: [] }, ...protection.breached_password_detection.stage },
    },
    suspicious_ip_throttling: {
      ...throttling,
      stage: { ...DEFAULT_THROTTLING.stage, ...throttling.stage },
    },
  };
};

/** Brute-force protection, suspicious IP throttling and breached password detection: read and update. */
export const attackProtectionRows: MakeRows = (context) => {
  const put = (change: Partial<AttackProtection>): void =>
    context.state.attackProtection.put({ ...read(context), ...change });
  return [
    ...rowsOf('brute-force-protection', bruteForce, {
      show: () => read(context).brute_force_protection,
      change: (body) =>
        put({ brute_force_protection: { ...read(context).brute_force_protection, ...defined(body) } }),
    }),
    ...rowsOf('breached-password-detection', breachedPassword, {
      show: () => read(context).breached_password_detection,
      change: ({ stage = {}, ...body }) => {
        const before = read(context).breached_password_detection;
        const stages = mergeStages(before.stage, stage);
        put({ breached_password_detection: { ...before, ...defined(body), stage: stages } });
      },
    }),
    ...rowsOf('suspicious-ip-throttling', suspiciousIp, {
      show: () => read(context).suspicious_ip_throttling,
      change: ({ stage = {}, ...body }) => {
        const before = read(context).suspicious_ip_throttling ?? DEFAULT_THROTTLING;
        const stages = mergeStages(before.stage, stage);
        put({ suspicious_ip_throttling: { ...before, ...defined(body), stage: stages } });
      },
    }),
  ];
};

/** The stages with each given one merged into the existing one. */
function mergeStages<T extends object>(
  before: T,
  change: { readonly [K in keyof T]?: object | undefined },
): T {
  const given = Object.entries<object | undefined>(change);
  const old = new Map<string, object>(Object.entries(before));
  const merged = given.map(([name, stage]) => [name, { ...old.get(name), ...defined(stage ?? {}) }]);
  // Every stage was complete before the change.
  return { ...before, ...Object.fromEntries(merged) } as T;
}

interface Shield<B> {
  readonly show: () => object | undefined;
  readonly change: (body: B) => void;
}

function rowsOf<S extends z.ZodObject>(name: string, body: S, shield: Shield<z.output<S>>): ManagementRow[] {
  const path = `/attack-protection/${name}`;
  return [
    defineRow({
      method: 'GET',
      path,
      scopes: ['read:attack_protection'],
      handle: () => ({ status: 200, body: shield.show() }),
    }),
    defineRow<undefined, S>({
      method: 'PATCH',
      path,
      title: `Update ${name.replaceAll('-', ' ')}`,
      scopes: ['update:attack_protection'],
      body,
      handle: (request) => {
        // With a schema as a type parameter, the compiler cannot infer that this is its output.
        shield.change(request.body as z.output<S>);
        return { status: 200, body: shield.show() };
      },
    }),
  ];
}
