import type { Control } from './control.ts';
import {
  basicSettings,
  defaultSettings,
  type Need,
  needs,
  type SettingName,
  type Settings,
  variableOf,
} from './settings.ts';
import type { Target } from './target.ts';

interface RowBase {
  /** That of the reference's table, or a name of our own for a shape that it only names. */
  readonly id: string;
  readonly title: string;
}

/** What can be asked of any tenant, over its endpoints alone. */
export interface OpenRow extends RowBase {
  /** What a real tenant must have for it, beyond the basics. */
  readonly needs?: readonly Need[];
  readonly controls?: undefined;
  run(target: Target): Promise<void>;
}

/** What takes a hold on the tenant that only the embedded one gives. */
export interface ControlledRow extends RowBase {
  readonly controls: readonly (keyof Control)[];
  readonly needs?: undefined;
  run(target: Target, control: Control): Promise<void>;
}

export type ContractRow = OpenRow | ControlledRow;

/** What a row may look at: anything of a tenant that it controls, otherwise the basics and what it says. */
export function settingsOfRow(row: ContractRow, settings: Settings): Settings {
  if (row.controls) return settings;
  const names: readonly string[] = [...Object.keys(defaultSettings), ...neededBy(row)];
  return Object.fromEntries(Object.entries(settings).filter(([name]) => names.includes(name)));
}

/** Why a row cannot run on a real tenant of these settings; undefined where it can. */
export function whyLeftOut(row: ContractRow, settings: Settings): string | undefined {
  if (settings.DOMAIN === undefined) return `${variableOf('DOMAIN')} is not set`;
  if (row.controls) return `takes control of ${row.controls.join(', ')}, which a real tenant does not give`;
  const missing = neededBy(row).filter((name) => settings[name] === undefined);
  return missing.length === 0 ? undefined : `not set: ${missing.map(variableOf).join(', ')}`;
}

const neededBy = (row: OpenRow): SettingName[] => [
  ...basicSettings,
  ...(row.needs ?? []).flatMap((need) => needs[need]),
];
