import type { Route } from '../http/route.ts';
import { createGeocoder } from './location/geocoder.ts';
import { locationRoutes } from './location/location-routes.ts';

/** The resource routes that come with the gateway. */
export const ownRoutes = (): Route[] => locationRoutes({ geocoder: createGeocoder() });
