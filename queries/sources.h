/* sources.h - from a project to tables: which sources are read, in which CRS, once each. */
#ifndef SUND_QUERIES_SOURCES_H
#define SUND_QUERIES_SOURCES_H

#include "run.h"
#include "sund/queries.h"

/* The sources of a run, looked at first, then read. */
typedef struct sources {
  size_t count;
  sund_source *source;    /* count: those of the wanted roles, profiles applied       */
  sund_peek *peek;        /* count: not of timetables                                 */
  sund_lattice *lattice;  /* count: of terrains                                       */
  sund_reading *reading;  /* count: filled by sources_read; before that heights of terrains */
  const char *crs_reason; /* why this analysis CRS: "as asked", "of areas", ...       */
  sund_frame frame;
} sources;

/* Picks the sources of the wanted roles (role bits), looks at each and applies profiles. Missing files are
 * SUND_SOURCE; a layer or field that is not there is SUND_USAGE, for it is seen before any work. */
sund_code sources_look(sund_ctx *ctx, const sund_project *project, uint32_t roles, sources **out);

/* Chooses the analysis CRS and the height system; those that the project names were checked by assembly. */
sund_code sources_frame(sund_ctx *ctx, const sund_project *project, sources *s);

/* Reads everything, joins the sources of each role, opens the terrains; fills in->role, extents, terrain, crs, heights. */
sund_code sources_read(sund_ctx *ctx, sources *s, sund_inputs *in, sund_findings *findings);

/* Reads one source by its medium; table NULL for rasters and timetables. */
sund_code sources_read_one(sund_ctx *ctx, sources *s, size_t i, sund_table **table, sund_findings *findings);

#endif
