/* catchment_routes.h - the ways themselves, leg by leg: what catchment_routes.c hands to its helpers. */
#ifndef SUND_QUERIES_CATCHMENT_ROUTES_H
#define SUND_QUERIES_CATCHMENT_ROUTES_H

#include "catchment.h"

/* A leg of a way: over the ground by some mode, through a gate, or a ride. */
typedef struct catchment_leg {
  const char *what; /* "walk", "bike", "car", "gate", "ride"                          */
  const char *name; /* of the gate, or the route and its stops; or NULL                */
  double begin_s;   /* after midnight: when one sets out, or leaves after waiting       */
  double seconds;   /* under way                                                       */
  double wait_s;    /* before it                                                       */
  double metres;    /* on the ground; NAN = not known                                  */
  double driven_m;  /* over the ground: without the access on foot                      */
  size_t vertices;  /* of its line, analysis CRS                                       */
  double *x, *y;
} catchment_leg;

/* A growing way. */
typedef struct catchment_route {
  size_t legs, room;
  catchment_leg *leg;
  double total_s; /* from departure to arrival, first wait included */
} catchment_route;

/* One way asked for: from a place to a place or home. */
typedef struct catchment_route_ask {
  size_t place;
  const char *to_id;
  double to_x, to_y;
  sund_spot to[SUND_MODES]; /* on the streets of every mode */
  size_t target;            /* row of the targets, SIZE_MAX = a place */
  size_t to_place;          /* SIZE_MAX = a home                       */
} catchment_route_ask;

/* A leg to be written. */
typedef struct catchment_route_row {
  const catchment_route_ask *ask;
  size_t variant;
  sund_mode mode;
  size_t leg;
  const catchment_route *route;
} catchment_route_row;
/* catchment_routes_write.c */
sund_code catchment_routes_write(sund_ctx *ctx, catchment_run *run, size_t rows, const catchment_route_row *row);

sund_code catchment_leg_add(sund_ctx *ctx, catchment_route *route, catchment_leg leg);
/* Over the ground from one point to another, legs off the network drawn too; begin_s as it is set out. */
sund_code catchment_leg_ground(sund_ctx *ctx, const catchment_run *run, sund_mode mode, const double from[2],
                               const sund_spot *from_spot, const double to[2], const sund_spot *to_spot,
                               catchment_leg *out);

/* Grams of carbon dioxide of a leg by car, and of that on the ground of the place's own area; NAN for other legs, or when
 * the area is not known. */
sund_code catchment_leg_co2(sund_ctx *ctx, const catchment_run *run, size_t place, const catchment_leg *leg,
                            double *all_g, double *own_g);
/* The part, 0 to 1, of a line that lies in row `area` of the areas; NAN for a line without length. */
sund_code catchment_part_inside(sund_ctx *ctx, const sund_ground *ground, const sund_shapes *areas, size_t area,
                                size_t n, const double *x, const double *y, double *share);

/* The way by transit at the main percentile: catchment_transit_route.c. legs 0 = not within the largest bound. */
sund_code catchment_transit_route(sund_ctx *ctx, const catchment_run *run, size_t variant,
                                  const catchment_route_ask *ask, catchment_route *out);

#endif
