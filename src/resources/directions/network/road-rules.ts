import type { Profile } from '../directions.ts';

type Tags = ReadonlyMap<string, string>;

/** The speeds of one way for one profile, in km/h; 0: this direction is not allowed. */
export interface RoadUse {
  readonly forward: number;
  readonly backward: number;
}

export type RoadUses = Readonly<Record<Profile, RoadUse>>;

/** Speeds in km/h by `highway`; 0: not allowed, unless an access tag allows it at `slow`. */
const SPEEDS: Readonly<Record<string, Readonly<Record<Profile, number>>>> = {
  motorway: { car: 110, bike: 0, foot: 0 },
  motorway_link: { car: 55, bike: 0, foot: 0 },
  trunk: { car: 90, bike: 0, foot: 0 },
  trunk_link: { car: 45, bike: 0, foot: 0 },
  primary: { car: 65, bike: 17, foot: 5 },
  primary_link: { car: 40, bike: 17, foot: 5 },
  secondary: { car: 55, bike: 17, foot: 5 },
  secondary_link: { car: 35, bike: 17, foot: 5 },
  tertiary: { car: 45, bike: 17, foot: 5 },
  tertiary_link: { car: 30, bike: 17, foot: 5 },
  unclassified: { car: 40, bike: 16, foot: 5 },
  road: { car: 30, bike: 16, foot: 5 },
  residential: { car: 25, bike: 16, foot: 5 },
  living_street: { car: 8, bike: 10, foot: 5 },
  service: { car: 15, bike: 14, foot: 5 },
  track: { car: 0, bike: 12, foot: 5 },
  cycleway: { car: 0, bike: 18, foot: 5 },
  pedestrian: { car: 0, bike: 0, foot: 5 },
  footway: { car: 0, bike: 0, foot: 5 },
  path: { car: 0, bike: 12, foot: 5 },
  bridleway: { car: 0, bike: 0, foot: 5 },
  steps: { car: 0, bike: 0, foot: 3 },
};
const SLOW: Readonly<Record<Profile, number>> = { car: 10, bike: 8, foot: 5 };
/** The maximum of the table and of `maxspeed`, for the lower bound of A*. */
export const FASTEST: Readonly<Record<Profile, number>> = { car: 130, bike: 18, foot: 5 };

/** Which tags decide on access, the most specific first: https://wiki.openstreetmap.org/wiki/Key:access */
const ACCESS_KEYS: Readonly<Record<Profile, readonly string[]>> = {
  car: ['motorcar', 'motor_vehicle', 'vehicle', 'access'],
  bike: ['bicycle', 'vehicle', 'access'],
  foot: ['foot', 'access'],
};
const REFUSED = new Set([
  'no',
  'private',
  'agricultural',
  'forestry',
  'use_sidepath',
  'emergency',
  'military',
]);
const GRANTED = new Set(['yes', 'designated', 'permissive', 'official']);
/** Average speed as a share of the maximum speed. */
const SHARE_OF_MAX_SPEED = 0.9;
const KM_PER_MILE = 1.609_344;

const NOT_AT_ALL: RoadUse = { forward: 0, backward: 0 };

/** The speeds of a way by profile and direction; undefined if no profile can use it. */
export function toRoadUses(tags: Tags): RoadUses | undefined {
  const speeds = SPEEDS[tags.get('highway') ?? ''];
  if (!speeds || tags.get('area') === 'yes') return undefined;
  const toUse = (profile: Profile): RoadUse => {
    const speed = toSpeed(tags, profile, speeds[profile]);
    if (speed === 0) return NOT_AT_ALL;
    const direction = toDirection(tags, profile);
    return { forward: direction < 0 ? 0 : speed, backward: direction > 0 ? 0 : speed };
  };
  const uses = { car: toUse('car'), bike: toUse('bike'), foot: toUse('foot') };
  return Object.values(uses).some(({ forward, backward }) => forward + backward > 0) ? uses : undefined;
}

function toSpeed(tags: Tags, profile: Profile, usual: number): number {
  const access = ACCESS_KEYS[profile].map((key) => tags.get(key)).find((value) => value !== undefined);
  if (access !== undefined && REFUSED.has(access)) return 0;
  if (usual === 0) {
    // `access=yes` on a footway does not allow cars: only the tag of the vehicle does.
    const own = tags.get(ACCESS_KEYS[profile][0] ?? '');
    return own !== undefined && GRANTED.has(own) ? SLOW[profile] : 0;
  }
  const most = profile === 'car' ? toMaxSpeed(tags.get('maxspeed')) : undefined;
  return most === undefined ? usual : Math.min(FASTEST.car, most * SHARE_OF_MAX_SPEED);
}

/** `50`, `30 mph`; undefined for words such as `none` and `signals`. */
function toMaxSpeed(text: string | undefined): number | undefined {
  const [, number, unit] = /^(\d{1,3})( mph)?$/.exec(text ?? '') ?? [];
  if (number === undefined || Number(number) === 0) return undefined;
  return Number(number) * (unit ? KM_PER_MILE : 1);
}

/** 1: forward only; -1: backward only; 0: both. */
function toDirection(tags: Tags, profile: Profile): number {
  if (profile === 'foot') return 0;
  const own = profile === 'bike' ? tags.get('oneway:bicycle') : undefined;
  const oneway = own ?? tags.get('oneway');
  if (own === undefined && profile === 'bike' && tags.get('cycleway')?.startsWith('opposite')) return 0;
  if (oneway === '-1' || oneway === 'reverse') return -1;
  if (oneway === 'yes' || oneway === 'true' || oneway === '1') return 1;
  if (oneway !== undefined) return 0;
  const isRound = tags.get('junction') === 'roundabout' || tags.get('junction') === 'circular';
  return isRound || tags.get('highway') === 'motorway' ? 1 : 0;
}
