/* crs.h - what geodesic.c and ground.c need of a CRS, without PROJ's headers. Private to geo/.
 */
#ifndef SUND_GEO_CRS_H
#define SUND_GEO_CRS_H

#include "sund/geo.h"

/* Is the definition of a kind that is read here: "AUTH:CODE", WKT or PROJJSON, and free of grid files and addresses?
 * SUND_USAGE with a reason when not. authority, code: set for "AUTH:CODE" only, else NULL. */
sund_code crs_definition_check(sund_ctx *ctx, const char *definition, const char **authority, const char **code);

/* "unknown coordinate system ..." with the codes that Danish and Swedish data come in. */
sund_code crs_definition_unknown(sund_ctx *ctx, const char *definition, const char *why);

/* The operation from `crs` to the longitude and latitude of its own datum. Its results times *degrees are degrees.
 * SUND_USAGE for a height system. */
sund_code crs_unproject_open(sund_ctx *ctx, const sund_crs *crs, sund_op **out, double *degrees);

/* The ellipsoid: half the major axis in metres, and the flattening (0 for a sphere). */
void crs_ellipsoid(const sund_crs *crs, double *major_m, double *flattening);

#endif
