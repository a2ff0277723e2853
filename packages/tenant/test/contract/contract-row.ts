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
  /** The reference's case id, or a name for a shape without an id. */
  readonly id: string;
  readonly title: string;
}

/** A row that runs against any tenant, over its endpoints. */
export interface OpenRow extends RowBase {
  /** What a real tenant needs in addition to the basic settings. */
  readonly needs?: readonly Need[];
  readonly controls?: undefined;
  run(target: Target): Promise<void>;
}

/** A row that needs the control API of the embedded tenant. */
export interface ControlledRow extends RowBase {
  readonly controls: readonly (keyof Control)[];
  readonly needs?: undefined;
  run(target: Target, control: Control): Promise<void>;
}

export type ContractRow = OpenRow | ControlledRow;

/** What a row can access: everything of a tenant that it controls, otherwise the basic and declared settings. */
export function settingsOfRow(row: ContractRow, settings: Settings): Settings {
  if (row.controls) return settings;
  const names: readonly string[] = [...Object.keys(defaultSettings), ...neededBy(row)];
  return Object.fromEntries(Object.entries(settings).filter(([name]) => names.includes(name)));
}

/** The reason why a row cannot run on a real tenant with these settings; undefined if it can. */
export function skipReason(row: ContractRow, settings: Settings): string | undefined {
  if (settings.DOMAIN === undefined) return `${variableOf('DOMAIN')} is not set`;
  if (row.controls) return `needs control of ${row.controls.join(', ')}, which a real tenant does not offer`;
  const missing = neededBy(row).filter((name) => settings[name] === undefined);
  return missing.length === 0 ? undefined : `not set: ${missing.map(variableOf).join(', ')}`;
}

const neededBy = (row: OpenRow): SettingName[] => [
  ...basicSettings,
  ...(row.needs ?? []).flatMap((need) => needs[need]),
];
