/* crs_inside.h - what systems and operations share of PROJ, for geo/crs.c and geo/crs_op.c only. */
#ifndef SUND_GEO_CRS_INSIDE_H
#define SUND_GEO_CRS_INSIDE_H

#include <proj.h>
#include <proj_experimental.h>

#include "geo/crs.h"

struct sund_crs {
  PJ_CONTEXT *context;
  PJ *whole; /* as defined                                              */
  PJ *flat;  /* its two-dimensional part, or the height system          */
  const char *name;
  const char *code; /* "" when it has none                                     */
  const char *wkt;
  bool metric, geographic, vertical;
  bool has_area;
  double area[4]; /* degrees: west, south, east, north                       */
  double major_m; /* ellipsoid                                               */
  double flattening;
  double degrees; /* degrees per unit of its geographic system, usually 1    */
};

/* A PROJ context that says nothing, reads no network, and is closed with `ctx`. */
sund_code crs_context_open(sund_ctx *ctx, PJ_CONTEXT **out);
/* Gives an object to the context for closing; NULL passes. */
sund_code crs_keep(sund_ctx *ctx, PJ *object);
/* Are they one system once both have x east and y north? */
bool crs_same(PJ_CONTEXT *context, const PJ *a, const PJ *b);

#endif
