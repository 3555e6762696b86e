/* flood_sites.h - how a terrain is made ready to be flooded: flood_sites.c, flood_ground.c, flood_zones.c only. */
#ifndef SUND_QUERIES_FLOOD_SITES_H
#define SUND_QUERIES_FLOOD_SITES_H

#include "flood.h"

/* A cell whose ground is not the terrain's. */
typedef struct flood_burn {
  sund_cell cell;
  double crest_m;  /* a wall: replaces the terrain; NAN = none                    */
  double invert_m; /* an opening: the ground is at most this high; NAN = none     */
  bool sea;        /* a point of the sea                                          */
} flood_burn;

typedef struct flood_zoner flood_zoner;

/* Ground and sea of a site, window by window: what sund_flood_source is made of. */
typedef struct flood_ground {
  const flood_site *site;
  sund_cells *land, *sea; /* NULL when it does not matter                  */
  size_t burns;
  flood_burn *burn;    /* by row, then column                           */
  uint64_t in_sea;     /* cells of walls that stand in the sea             */
  double doubtful_m;   /* sea above this is told, the terrain's heights */
  uint64_t high_sea;   /* cells of sea that lie higher                  */
  sund_cell high_cell; /* the highest of them                           */
  double high_m;
  flood_zoner *zoner; /* NULL with one zone                            */
} flood_ground;

/* flood_ground.c: everything but the zones. Walls and openings are drawn for water of this connectivity. */
sund_code flood_ground_open(sund_ctx *ctx, const flood_run *run, const flood_site *site, int connectivity,
                            flood_ground *out);
/* The callback of sund_flood_source. */
sund_code flood_ground_read(sund_ctx *ctx, void *data, const sund_window *window, float *metres, uint8_t *sea);

/* flood_zones.c */
sund_code flood_zones_open(sund_ctx *ctx, const flood_run *run, const flood_site *site, flood_zoner **out);
size_t flood_zones_at(const flood_zoner *zoner, sund_cell land);
/* Was the zone met beside any land so far? */
bool flood_zones_met(const flood_zoner *zoner, size_t zone);

#endif
