/* homes.h - where people live, made ready for a query: census cells spread over their land, homes put into the
 * reporting units. Used by every query that counts people. */
#ifndef SUND_QUERIES_HOMES_H
#define SUND_QUERIES_HOMES_H

#include "sund/queries.h"

typedef struct homes {
  size_t count;    /* homes, or pieces of spread homes, that lie in a reporting unit      */
  double *x, *y;   /* count: analysis CRS                                                 */
  double *persons; /* count                                                               */
  double *share;   /* count: part of its row's persons: 1 for a home, less for a piece    */
  double *plain;   /* count: the part it would have by plain area weighting, water too    */
  size_t *row;     /* count: row of the homes table                                       */
  int64_t *piece;  /* count: 0 for a home, 1.. for the pieces of a spread one             */
  size_t spread;   /* rows of the homes table that were spread                            */
  size_t outside;  /* homes and pieces left out because they lie in no area */
  double outside_persons;
  size_t groups;      /* columns group_... of the homes table                        */
  const char **group; /* groups: "group_65_plus"                                     */
  double **in_group;  /* groups x count: persons of the group                        */
  double *income;     /* count: what homes are ranked by, NAN = unknown; or NULL     */
  size_t levels;      /* distinct levels of the areas; 1 without areas                       */
  const char **level; /* levels: name, in order of first appearance                          */
  size_t **area;      /* levels x count: row of the areas, SIZE_MAX = in none of that level  */
} homes;

typedef struct homes_options {
  double spread_above_m; /* polygon homes longer than this are spread                          */
  double piece_m;        /* side of the pieces                                                 */
  bool plain;            /* spread over the whole polygon, water too: plain area weighting     */
} homes_options;

/* Puts every home of in->role[SUND_HOMES] into the areas. Homes in no area are left out (a finding counts them);
 * without areas all are kept, in one level whose area is SIZE_MAX. Persons are conserved: a spread home gives each
 * piece persons x area of the piece / land area of the home, also outside the areas. */
sund_code homes_prepare(sund_ctx *ctx, const sund_inputs *in, const homes_options *options, homes **out,
                        sund_findings *findings);

/* The homes of every area: those of areas row r are list[first[r]] .. list[first[r+1] - 1], in order. Without areas
 * one group with all of them. */
sund_code homes_by_area(sund_ctx *ctx, const sund_inputs *in, const homes *h, size_t **first, size_t **list);

/* What results call a home: the id of its row, or the row's feature, or its number; NULL without memory. */
const char *homes_id(sund_ctx *ctx, const sund_inputs *in, const homes *h, size_t home);
/* Id of the area it lies in, at the first level where it lies in one; "all" without areas. */
const char *homes_area_id(const sund_inputs *in, const homes *h, size_t home);

/* Number of reporting units (areas, or 1) and the row to write in an indicator for unit u (SIZE_MAX for `all`). */
size_t units_count(const sund_inputs *in);
size_t units_area(const sund_inputs *in, size_t unit);
/* Are two areas of one level? level: the areas' column, or NULL when there is none. */
bool units_same_level(const char **level, size_t a, size_t b);

#endif
