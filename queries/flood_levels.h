/* flood_levels.h - inside of flood_levels.c, flood_events.c and flood_gauge.c: how levels asked for are put together.
 *
 * Order: flood_events_zones, then levels and events are added one by one, the gauge's last.
 */
#ifndef SUND_QUERIES_FLOOD_LEVELS_H
#define SUND_QUERIES_FLOOD_LEVELS_H

#include "flood.h"

/* Return periods that a gauge's tail gives a level for. */
enum { FLOOD_GAUGE_LEVELS = 3 };

/* A level with its level_m made ready for all zones, all of them NAN; NULL without memory. */
flood_level *flood_levels_add(sund_ctx *ctx, flood_run *run, const char *variant);
/* The step from a height system to the results', near the areas or the first terrain. */
sund_code flood_levels_step(sund_ctx *ctx, const flood_run *run, const char *heights, sund_height_step *out);
/* "DVR90" for EPSG:5799: as people say. */
const char *flood_levels_heights_name(const char *heights);

/* flood_events.c */
sund_code flood_events_zones(sund_ctx *ctx, flood_run *run);
sund_code flood_events_read(sund_ctx *ctx, flood_run *run);

/* flood_gauge.c: tables flood_gauge and flood_gauge_tail; events gauge-T20 ... when no event has a return period. */
sund_code flood_gauge_read(sund_ctx *ctx, flood_run *run);

#endif
