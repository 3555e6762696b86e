/* osm_paths.h - what the files that make paths and gates of an OpenStreetMap file share. Private to layers/. */
#ifndef SUND_LAYERS_OSM_PATHS_H
#define SUND_LAYERS_OSM_PATHS_H

#include "osm_modes.h"

/* What osm_paths and osm_ferries want of a file: for osm_read. */
sund_code osm_paths_want(sund_ctx *ctx, const sund_source *source, osm_want *out);
extern const osm_want osm_ferries_want;

/* Ferries of an OpenStreetMap file as rows of the role gates. osm_ferries.c */
sund_code osm_ferries(sund_ctx *ctx, const osm_file *file, const sund_source *source, const sund_frame *frame,
                      sund_table **out, sund_reading *reading, sund_findings *findings);

/* A duration or interval as tagged ("20", "0:20", "00:20:00", "PT20M", "20 min"), minutes; NAN = it says nothing, and when
 * text is NULL. osm_duration.c */
double osm_minutes(const char *text);

/* tags: ways: what is said of each, by itself, else by the area whose outline it is. osm_squares.c */
void osm_squares_tags(const osm_file *file, const osm_rules *rules, osm_tags *tags);
/* Outlines of areas that no path meets, not even over others, lose their class; alone: how many. */
sund_code osm_squares_alone(sund_ctx *scratch, const osm_file *file, const osm_tags *tags, const char **class,
                            size_t *alone);

/* Ways cut into the rows of a table: where nodes are missing from the file, and at nodes that a turn is about. */
typedef struct osm_rows {
  const osm_file *file;
  size_t count;
  size_t *way;                 /* rows                                           */
  size_t *first_ref, *end_ref; /* rows: of the file's refs                        */
  uint8_t *modes;              /* rows: bits 1 << sund_mode that may use it       */
  uint8_t *ahead, *back;       /* rows: bits of those that may go as drawn, against it */
  size_t *first_row;           /* ways + 1: rows of a way                         */
  uint8_t *stops;              /* nodes: bits of the modes that cannot pass; NULL = all can  */
  uint8_t *via;                /* nodes: 1 = a turn restriction is about it        */
} osm_rows;

/* Coordinates of the file's nodes in the frame's CRS, and how they came there. */
typedef struct osm_places {
  double *x, *y; /* nodes */
  const sund_op *op;
} osm_places;
sund_code osm_places_make(sund_ctx *ctx, sund_ctx *scratch, const osm_file *file, const sund_crs *crs,
                          osm_places *out);
/* Shapes of the rows, and the id of the node at every vertex. */
sund_code osm_rows_shapes(sund_ctx *ctx, const osm_rows *rows, const osm_places *places, sund_shapes **shapes,
                          int64_t **node);
/* A table of a role with shapes, ids of ways as features, and the file as source. Columns NULL-ended, or NULL = all. */
sund_code osm_rows_table(sund_ctx *ctx, const osm_rows *rows, sund_role role, const char *const *without,
                         sund_table **out);
/* Constants the source sets for columns. */
sund_code osm_set_columns(sund_ctx *ctx, const sund_source *source, sund_table *table);
/* The value the source sets for a column, or NULL. */
const char *osm_set_value(const sund_source *source, const char *column);

/* Turn restrictions and nodes that stop a mode, as turns between rows. osm_turns.c */
typedef struct osm_turn_report {
  size_t restrictions; /* relations                                               */
  size_t used;         /* of them                                                 */
  size_t conditional;  /* hold at times only: not used                            */
  size_t others;       /* for vehicles that are no mode, or of no kind that is known */
  size_t missing;      /* name ways that are not among the rows                   */
  size_t apart;        /* members that do not meet                                */
  size_t stops;        /* nodes that stop a mode                                    */
} osm_turn_report;
sund_code osm_turns(sund_ctx *ctx, const osm_rows *rows, const osm_rules *rules, sund_topology *topology,
                    osm_turn_report *report);

#endif
