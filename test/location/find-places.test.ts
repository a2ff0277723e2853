import { beforeAll, describe, expect, it } from 'vitest';
import { createEmbeddedEngine, type EmbeddedEngine } from '../../src/resources/location/embedded-engine.ts';
import type { PlaceQuery } from '../../src/resources/location/places.ts';
import { readGazetteer } from '../../src/resources/location/read-gazetteer.ts';
import { ensureGazetteer } from './support/gazetteer.ts';

let engine: EmbeddedEngine;

beforeAll(async () => {
  engine = createEmbeddedEngine(await readGazetteer(await ensureGazetteer()));
}, 120_000);

const find = (text: string, more: Partial<PlaceQuery> = {}) => engine.find({ text, limit: 5, ...more });
const best = (text: string, more: Partial<PlaceQuery> = {}) => find(text, more).places[0];

describe('a name', () => {
  it.each([
    ['Redmond, WA', 'Redmond, Washington, United States'],
    ['Redmond, OR', 'Redmond, Oregon, United States'],
    ['Redmond WA', 'Redmond, Washington, United States'],
    ['Springfield, Illinois, US', 'Springfield, Illinois, United States'],
    ['springfield il usa', 'Springfield, Illinois, United States'],
    ['san fran', 'San Francisco, California, United States'],
    ['Londn', 'London, England, United Kingdom'],
    ['Sao Paulo', 'São Paulo, Brazil'],
    ['SÃO PAULO', 'São Paulo, Brazil'],
    ['Paris, TX', 'Paris, Texas, United States'],
    ['St. Louis, MO', 'St. Louis, Missouri, United States'],
    ['Billings, MT', 'Billings, Montana, United States'],
    ['San Fransisco CA', 'San Francisco, California, United States'],
    ['Redmnd, WA', 'Redmond, Washington, United States'],
    ['Washington, D.C.', 'Washington, District of Columbia, United States'],
    ['Germany, Berlin', 'Berlin, State of Berlin, Germany'],
    ['Zuerich', 'Zürich, Switzerland'],
  ])('%s is %s', (text, label) => {
    expect(best(text)?.label).toBe(label);
  });
});
