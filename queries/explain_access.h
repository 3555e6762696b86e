/* explain_access.h - what is known of a home in the layers of `access`: the facts behind text, JSON and map. */
#ifndef SUND_QUERIES_EXPLAIN_ACCESS_H
#define SUND_QUERIES_EXPLAIN_ACCESS_H

#include "explain.h"

/* How distance was measured, as the table access_standards names it. */
typedef enum explain_way { WAY_STRAIGHT, WAY_LAND, WAY_NETWORK, WAY_TABLE, WAYS_KNOWN } explain_way;

typedef enum leg_kind { LEG_TO_PATH, LEG_ALONG, LEG_TO_ENTRANCE, LEG_LAND, LEG_STRAIGHT, LEG_KINDS } leg_kind;

/* A stretch of the way; vertices 0 = it has no length, or cannot be drawn. */
typedef struct access_leg {
  leg_kind kind;
  double metres;
  const char *used; /* LEG_ALONG: "roads.gpkg (street, path)" */
  size_t vertices;
  const double *x, *y;
} access_leg;

/* What became of drawing the way. */
typedef enum access_drawing {
  DRAWN,      /* its legs add up to the result's distance                   */
  DIFFERS,    /* drawn, and its legs do not add up                          */
  INSIDE,     /* the home stands in the green                               */
  NOT_STORED, /* the result does not hold what it is drawn from             */
  BEYOND,     /* it leads out of what the result holds                      */
  NOT_FOUND,  /* it does, and no way was found                              */
  NO_WAY      /* a table of distances has none, or there is nothing to reach */
} access_drawing;

/* The test a green area fails, in the order of testing. */
typedef enum miss_test {
  MISS_KIND,
  MISS_ACCESS,
  MISS_SLIVER,
  MISS_SIZE,
  MISS_ENTRANCE, /* no path leads to it                                          */
  MISS_PART,     /* only part of it is of a kind that counts                     */
  MISS_WAY,      /* it counts, lies near enough by straight line, and the way is too long */
  MISS_TESTS,
  COUNTS = MISS_TESTS
} miss_test;

typedef struct access_miss {
  size_t green;         /* row of green_areas                    */
  const char *green_id; /* NULL = none; it may lie beyond green_areas         */
  double metres;        /* ground metres by straight line        */
  double x, y;          /* its nearest point                     */
  miss_test test;
} access_miss;

enum { MOST_LEGS = 3, MOST_MISSES = 3 };
/* A home without a path is told how far the nearest one is, up to this many times the snap limit. */
enum { EXPLAIN_FARTHER = 4 };

/* The answer to one standard. */
typedef struct access_case {
  const char *standard, *title[3], *source, *kinds, *access; /* title: da, sv, en */
  double min_ha, max_m, snap_limit_m;
  explain_way way;
  bool nodes;            /* homes and entrances are put on nodes, without legs       */
  bool minutes;          /* dist, next and max are minutes: from a table of them     */
  double max;            /* metres, or minutes (NAN = the result does not say)       */
  int met;               /* 1, 0, -1 = not assessed                                  */
  double dist, next;     /* to the nearest and second nearest that counts, NAN = none */
  double straight_m;     /* NAN = not in the result                                  */
  double path_m;         /* no path near enough: to the nearest one, NAN = none in sight or not asked */
  size_t green;          /* row of green_areas, SIZE_MAX = none                      */
  const char *green_id;  /* NULL = none; it may lie beyond green_areas         */
  double near_x, near_y; /* where the green is reached; NAN = unknown             */
  size_t entrance;       /* row of green_entrances, SIZE_MAX = none                  */
  access_drawing drawing;
  size_t legs;
  access_leg leg[MOST_LEGS];
  double sum_m; /* of the legs */
  size_t misses;
  access_miss miss[MOST_MISSES];
} access_case;

typedef struct access_facts {
  const explain_question *question;
  const char *crs;         /* code or name */
  const sund_table *homes; /* rows of this id                                     */
  size_t row;
  const char *id;
  int64_t piece; /* 0 = not spread                                                */
  bool worst;    /* of several rows the worst was taken, not one asked for        */
  bool placed;   /* homes have geometry                                           */
  double x, y;
  sund_ground *ground;         /* NULL without geometry */
  const sund_table *green;     /* green_areas */
  const sund_table *entrances; /* green_entrances, NULL = none */
  size_t cases;
  access_case *one;
} access_facts;

/* ------------------------------------------------------------------------------------------- explain_access.c */

/* Values of the home and of green_areas; NULL or NAN when the result does not have them. */
const char *explain_home_text(const access_facts *facts, const char *column);
double explain_home_real(const access_facts *facts, const char *column);
const char *explain_green_text(const access_facts *facts, size_t row, const char *column);
double explain_green_ha(const access_facts *facts, size_t row);
/* Is the role one that this way of measuring reads? facts: access_facts. */
bool explain_reads(const void *facts, const char *role);
/* Places of green_areas for sund_straight_ranked. accept: rows. */
sund_places explain_places(const access_facts *facts, const uint8_t *accept);

/* -------------------------------------------------------------------------------------------- explain_route.c */

/* Fills legs, sum and drawing of every case. */
sund_code explain_ways(sund_ctx *ctx, access_facts *facts);

/* ------------------------------------------------------------------------------------------- explain_misses.c */

/* Fills the misses of the cases that are not met. */
sund_code explain_misses(sund_ctx *ctx, access_facts *facts);

/* --------------------------------------------------------------------- explain_access_tell.c, explain_access_tables.c */

sund_code explain_access_tell(sund_ctx *ctx, const void *facts, int language, explain_answer *out);
sund_code explain_access_tables(sund_ctx *ctx, const void *facts, explain_answer *out);

/* Words of the facts, as they stand in JSON and in the layers. */
extern const char *const explain_way_names[];  /* by explain_way */
extern const char *const explain_leg_names[];  /* by leg_kind  */
extern const char *const explain_miss_names[]; /* by miss_test */

#endif
