import type { Route } from '../http/route.ts';
import { directionsRoutes } from './directions/directions-routes.ts';
import { findStraightLine } from './directions/straight-line.ts';
import { createGeocoder } from './location/geocoder.ts';
import { locationRoutes } from './location/location-routes.ts';

/** The resource routes that come with the gateway. */
export function ownRoutes(): Route[] {
  const geocoder = createGeocoder();
  return [...locationRoutes({ geocoder }), ...directionsRoutes({ geocoder, findRoute: findStraightLine })];
}
