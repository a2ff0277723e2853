import type { Route } from '../http/route.ts';
import { directionsRoutes } from './directions/directions-routes.ts';
import { type Engines, embeddedEngines } from './engines.ts';
import { locationRoutes } from './location/location-routes.ts';

/** The gateway's own resource routes. */
export const ownRoutes = (engines: Engines = embeddedEngines()): Route[] => [
  ...locationRoutes(engines),
  ...directionsRoutes(engines),
];
