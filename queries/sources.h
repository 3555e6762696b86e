/* sources.h - from a project to tables: which sources are read, in which CRS, once each. */
#ifndef SUND_QUERIES_SOURCES_H
#define SUND_QUERIES_SOURCES_H

#include "run.h"
#include "scenario.h"
#include "sund/queries.h"

/* The sources of a run, looked at first, then read. */
typedef struct sources {
  size_t count;
  sund_source *source;    /* count: those of the wanted roles, profiles applied       */
  sund_peek *peek;        /* count: not of timetables                                 */
  sund_lattice *lattice;  /* count: of terrains                                       */
  sund_reading *reading;  /* count: filled by sources_read; before that heights of terrains */
  size_t asides;          /* the last of them: gates of compared scenarios only, in no role's table */
  sund_table **table;     /* count: as read, each of its own                          */
  const char *crs_reason; /* why this analysis CRS: "as asked", "of areas", ...       */
  sund_frame frame;
} sources;

/* Picks the sources of the wanted roles (role bits), looks at each and applies profiles. Missing files are
 * SUND_SOURCE; a layer or field that is not there is SUND_USAGE, for it is seen before any work. */
sund_code sources_look(sund_ctx *ctx, const sund_project *project, uint32_t roles, sources **out);

/* The same, with gates that compared scenarios only name behind them. */
sund_code sources_look_aside(sund_ctx *ctx, const sund_project *project, uint32_t roles, size_t asides,
                             const sund_source *aside, sources **out);

/* Chooses the analysis CRS and the height system; those that the project names were checked by assembly. */
sund_code sources_frame(sund_ctx *ctx, const sund_project *project, sources *s);

/* Reads everything, joins the sources of each role, opens the terrains; fills in->role, extents, terrain, crs, heights. */
sund_code sources_read(sund_ctx *ctx, sources *s, sund_inputs *in, sund_findings *findings);

/* After sources_read: the gates of compared scenarios, and what they close. */
sund_code sources_variants(sund_ctx *ctx, const sources *s, size_t compared, const scenario_compared *from,
                           sund_variant **out);

/* SUND_DATA when a source that was read lies far from the areas. sources_together.c */
sund_code sources_together(sund_ctx *ctx, const sources *s);

/* Reads one source by its medium; table NULL for rasters and timetables. */
sund_code sources_read_one(sund_ctx *ctx, sources *s, size_t i, sund_table **table, sund_findings *findings);

#endif
