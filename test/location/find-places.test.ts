import { beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddedEngine } from '../../src/resources/location/embedded-engine.ts';
import type { PlaceQuery } from '../../src/resources/location/places.ts';
import { buildTimeoutMs, openEngine } from './support/gazetteer.ts';

let engine: EmbeddedEngine;

beforeAll(async () => {
  engine = await openEngine();
}, buildTimeoutMs);

const find = (text: string, more: Partial<PlaceQuery> = {}) => engine.find({ text, limit: 5, ...more });
const best = (text: string, more: Partial<PlaceQuery> = {}) => find(text, more).places[0];
const labels = (text: string, more: Partial<PlaceQuery> = {}) =>
  find(text, more).places.map(({ label }) => label);

describe('the intended place', () => {
  it.each([
    ['Redmond', 'Redmond, Washington, United States'],
    ['Redmond, WA', 'Redmond, Washington, United States'],
    ['Redmond, OR', 'Redmond, Oregon, United States'],
    ['redmond or', 'Redmond, Oregon, United States'],
    ['Redmond WA', 'Redmond, Washington, United States'],
    ['Springfield, Illinois, US', 'Springfield, Illinois, United States'],
    ['springfield il usa', 'Springfield, Illinois, United States'],
    ['Springfield, Sangamon County, IL', 'Springfield, Illinois, United States'],
    ['San Francisco', 'San Francisco, California, United States'],
    ['New York', 'New York City, New York, United States'],
    ['Washington, D.C.', 'Washington, District of Columbia, United States'],
    ['Paris', 'Paris, Île-de-France, France'],
    ['Paris, TX', 'Paris, Texas, United States'],
    ['London, Ontario', 'London, Ontario, Canada'],
    ['London, ON, Canada', 'London, Ontario, Canada'],
    ['Perth, WA', 'Perth, Western Australia, Australia'],
    ['Germany, Berlin', 'Berlin, State of Berlin, Germany'],
    ['Barcelona, España', 'Barcelona, Catalonia, Spain'],
    ['St. Louis, MO', 'St. Louis, Missouri, United States'],
    ['Saint Louis, MO', 'St. Louis, Missouri, United States'],
    ['Billings, MT', 'Billings, Montana, United States'],
    ['Kew, London', 'Kew, England, United Kingdom'],
    ['Halle', 'Halle (Saale), Saxony-Anhalt, Germany'],
    ['Frankfurt', 'Frankfurt am Main, Hesse, Germany'],
    ['Zuerich', 'Zürich, Switzerland'],
    ['Ontario, CA', 'Ontario, California, United States'],
    ['中国北京', 'Beijing, China'],
  ])('%s is %s', (text, label) => {
    expect(best(text)?.label).toBe(label);
    expect(best(text)?.matchType).toBe('exact');
  });

  it.each([
    ['Sao Paulo', 'São Paulo'],
    ['SAO PAULO', 'São Paulo'],
    ['lodz', 'Łódź'],
    ['koln', 'Köln'],
    ["xi'an", 'Xi’an'],
    ['reykjavik', 'Reykjavík'],
  ])('%s and %s are the same place', (text, name) => {
    expect(best(text)?.name).toBe(name);
    expect(best(text)?.id).toBe(best(name)?.id);
  });

  it.each([
    ['Munich', 'München', 'Monaco di Baviera', 'Мюнхен', '慕尼黑', 'Muenchen'],
    ['Köln', 'Cologne', 'Colonia, DE', 'Keulen', 'ケルン'],
    ['Vienna', 'Wien', 'Bécs', 'Вена', 'فيينا'],
    ['Beijing', '北京', '北京市', 'Peking', 'Пекин', 'بكين'],
    ['Tokyo', '東京', '东京', 'Токио', '도쿄'],
    ['Moscow', 'Москва', 'Moskva', 'Moscou', '莫斯科', 'Μόσχα'],
    ['Prague', 'Praha', 'Praga, CZ', 'プラハ'],
    ['Florence', 'Firenze', 'Florenz', '佛罗伦萨'],
    ['Lisbon', 'Lisboa', 'Lissabon'],
    ['Warsaw', 'Warszawa', 'Varsovie', 'Варшава'],
    ['Copenhagen', 'København', 'Kobenhavn', 'Köpenhamn'],
    ['Athens', 'Αθήνα', 'Athen', 'أثينا'],
    ['Cairo', 'القاهرة', 'Le Caire'],
    ['Kyiv', 'Київ', 'Kiev'],
    ['The Hague', 'Den Haag', 's-Gravenhage'],
    ['Ho Chi Minh City', 'Saigon'],
    ['Mumbai', 'Bombay', 'मुंबई'],
  ])('%s is found by its names in other languages', (name, ...others) => {
    const { id } = best(name) ?? {};
    expect(others.map((other) => best(other)?.id)).toEqual(others.map(() => id));
  });
});

describe('a misspelt name', () => {
  it.each([
    ['Londn', 'London, England, United Kingdom'],
    ['Lodnon', 'London, England, United Kingdom'],
    ['San Fransisco CA', 'San Francisco, California, United States'],
    ['Redmnd, WA', 'Redmond, Washington, United States'],
    ['Philadelfia, PA', 'Philadelphia, Pennsylvania, United States'],
    ['Edinburg, Scotland', 'Edinburgh, Scotland, United Kingdom'],
    ['Моксва', 'Moscow, Russia'],
  ])('%s finds %s', (text, label) => {
    expect(best(text)?.label).toBe(label);
  });

  it('reports a fuzzy match', () => {
    expect(best('Londn')).toMatchObject({ matchType: 'fuzzy' });
    expect(best('san fran')).toMatchObject({ name: 'San Francisco', matchType: 'prefix' });
    expect(best('Londn')?.confidence).toBeLessThan(best('London')?.confidence ?? 0);
  });

  it('without a similar name finds nothing, without a warning', () => {
    expect(find('qwrtzpsdfgh')).toMatchObject({ places: [], warnings: [] });
    expect(find('¿?!')).toMatchObject({ places: [], warnings: [] });
  });
});

describe('an address', () => {
  it.each([
    ['1600 Amphitheatre Pkwy, Mountain View, CA', 'Mountain View, California, United States'],
    ['1600 Amphitheatre Pkwy Mountain View CA 94043', 'Mountain View, California, United States'],
    ['Rue de Rivoli 10, 75001 Paris, France', 'Paris, Île-de-France, France'],
    ['Unter den Linden 1, 10117 Berlin', 'Berlin, State of Berlin, Germany'],
    ['Main Street, Springfield, IL', 'Springfield, Illinois, United States'],
    ['10 Downing Street, London SW1A 2AA, UK', 'London, England, United Kingdom'],
    ['Москва, Тверская улица 1', 'Moscow, Russia'],
    ['12 Foo Street, Londn, UK', 'London, England, United Kingdom'],
    ['221B Baker Street London', 'London, England, United Kingdom'],
    ['東京都千代田区', 'Tokyo, Japan'],
  ])('%s finds its town and says so', (text, label) => {
    const { places, warnings } = find(text);
    expect(places[0]).toMatchObject({ label, matchType: 'fallback', accuracy: 'centroid' });
    expect(places[0]?.confidence).toBeLessThanOrEqual(0.5);
    expect(warnings).toEqual([expect.stringContaining('Not used: ')]);
  });

  it('reports the unused parts', () => {
    expect(find('1600 Amphitheatre Pkwy, Mountain View, CA').warnings[0]).toContain('1600 amphitheatre pkwy');
  });

  it('with an unknown town does not find a similar name', () => {
    expect(find('Eiffel Tower').places).toEqual([]);
    expect(best('12 Foo Street, Qwrtzp, UK')).toMatchObject({ layer: 'country', matchType: 'fallback' });
    expect(best('48 Long Street, Riau')).toMatchObject({
      layer: 'region',
      name: 'Riau',
      matchType: 'fallback',
    });
  });

  it('in a region without such a town finds the region', () => {
    expect(best('Redmond, Texas')).toMatchObject({ layer: 'region', name: 'Texas', matchType: 'fallback' });
  });
});

describe('a country or region', () => {
  it.each([
    ['France', 'country', 'France'],
    ['Deutschland', 'country', 'Germany'],
    ['日本', 'country', 'Japan'],
    ['USA', 'country', 'United States'],
    ['Georgia', 'country', 'Georgia'],
    ['Georgia, US', 'region', 'Georgia, United States'],
    ['California', 'region', 'California, United States'],
    ['Bayern', 'region', 'Bavaria, Germany'],
  ])('%s is a %s: %s', (text, layer, label) => {
    const { places, warnings } = find(text);
    expect(places[0]).toMatchObject({ layer, label, accuracy: 'estimate', population: undefined });
    expect(warnings).toEqual([expect.stringContaining('estimated centre')]);
  });

  it('is not listed next to a city of the same name', () => {
    expect(labels('Singapore')).toEqual(['Singapore']);
    expect(find('Oslo').places.map(({ layer }) => layer)).not.toContain('region');
  });
});

describe('the order', () => {
  it('has places near the focus first', () => {
    const bend = { lat: 44.06, lng: -121.31 };
    expect(best('Redmond', { focus: bend })?.region).toBe('Oregon');
    expect(best('Paris', { focus: { lat: 33.6, lng: -95.5 } })?.region).toBe('Texas');
    expect(best('Paris', { focus: bend })?.countryCode).toBe('FR');
  });

  it('has a lower confidence only with other matches', () => {
    expect(best('Redmond, WA')?.confidence).toBe(0.97);
    expect(best('Redmond')?.confidence).toBeLessThan(0.97);
  });

  it('contains no place twice', () => {
    for (const text of ['Zürich', 'san', 'Saint Petersburg', 'Springfield']) {
      const ids = find(text, { limit: 20, autocomplete: true }).places.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids.length).toBeGreaterThan(1);
    }
  });
});

describe('a filter', () => {
  it('selects only its countries', () => {
    const { places } = find('London', { countries: ['CA', 'US'], limit: 20 });
    expect(places[0]?.label).toBe('London, Ontario, Canada');
    expect(new Set(places.map(({ countryCode }) => countryCode))).toEqual(new Set(['CA', 'US']));
    expect(
      find('London', { countries: ['JP'] }).places.filter(({ matchType }) => matchType === 'exact'),
    ).toEqual([]);
  });

  it('selects only its box, across the antimeridian too', () => {
    const oregon = { minLng: -124.6, minLat: 41.9, maxLng: -116.4, maxLat: 46.3 };
    expect(labels('Redmond', { box: oregon })).toEqual(['Redmond, Oregon, United States']);
    const pacific = { minLng: 177, minLat: -20, maxLng: -178, maxLat: -12 };
    const { places } = find('s', { box: pacific, autocomplete: true, limit: 20 });
    expect(places.length).toBeGreaterThan(0);
    expect(places.every(({ lng, lat }) => (lng >= 177 || lng <= -178) && lat >= -20 && lat <= -12)).toBe(
      true,
    );
    expect(best('Suva', { box: pacific })?.countryCode).toBe('FJ');
  });
});

describe('autocomplete', () => {
  it.each([
    ['lon', 'London, England, United Kingdom'],
    ['new y', 'New York City, New York, United States'],
    ['los an', 'Los Angeles, California, United States'],
    ['redmond, w', 'Redmond, Washington, United States'],
    ['redmond w', 'Redmond, Washington, United States'],
    ['london, onta', 'London, Ontario, Canada'],
    ['san fransis', 'San Francisco, California, United States'],
    ['mosk', 'Moscow, Russia'],
    ['stutt', 'Stuttgart, Baden-Wurttemberg, Germany'],
    ['st. lou', 'St. Louis, Missouri, United States'],
    ['北', 'Beijing, China'],
  ])('%s suggests %s', (text, label) => {
    expect(labels(text, { autocomplete: true })).toContain(label);
  });
});

describe('a language', () => {
  it('names places in it, and countries in every language', () => {
    expect(best('London', { language: 'fr' })?.label).toBe('Londres, Angleterre, Royaume-Uni');
    expect(best('Munich', { language: 'de-AT' })).toMatchObject({
      name: 'München',
      label: 'München, Bayern, Deutschland',
    });
    expect(best('Tokyo', { language: 'ja' })?.name).toBe('東京');
    expect(best('Redmond, WA', { language: 'it' })?.label).toBe('Redmond, Washington, Stati Uniti');
    expect(best('France', { language: 'es' })?.label).toBe('Francia');
  });

  it('that is unknown falls back to English', () => {
    expect(best('Redmond, WA', { language: 'xx' })?.label).toBe('Redmond, Washington, United States');
  });
});
