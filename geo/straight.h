/* straight.h - the nearest places by straight line, for geo/straight.c and the ways over land; private to geo/. */
#ifndef SUND_GEO_STRAIGHT_H
#define SUND_GEO_STRAIGHT_H

#include "geo/inside.h"

/* A straight piece of a place where it can be reached, map metres. */
typedef struct straight_piece {
  double x0, y0, x1, y1; /* with a leg: reached at (x0, y0), the place itself lies at (x1, y1) */
  double leg_m;          /* ground metres from there to the place; 0 = the piece is the place  */
  uint32_t row;          /* of the set                                                         */
  uint32_t land;         /* ways over land: it lies on this one, else 0                        */
} straight_piece;

/* The places asked for. Row r of the set is row row_of[r] of the places. */
typedef struct straight_set {
  size_t rows;
  size_t *row_of;     /* rows                                   */
  sund_shapes *areas; /* rows; NULL when the places are points  */
  inside *in;         /* over areas, else NULL                  */
  size_t count;
  straight_piece *piece; /* count                                  */
  sund_index *index;     /* over the pieces                        */
} straight_set;

/* The accepted places with all their pieces, in the order of their rows, not indexed yet. */
sund_code straight_set_open(sund_ctx *ctx, const sund_places *places, straight_set **out);
/* Indexes the pieces. */
sund_code straight_set_index(sund_ctx *ctx, straight_set *set);

/* A place found. */
typedef struct straight_hit {
  double metres;  /* on the ground, leg included                              */
  double x, y;    /* the point of the piece that is reached                   */
  uint32_t row;   /* of the set                                               */
  uint32_t piece; /* of the set; STRAIGHT_NONE = the point asked for is in it */
  uint32_t via;   /* of ways over land: first node, or STRAIGHT_NONE          */
} straight_hit;
#define STRAIGHT_NONE UINT32_MAX

/* The nearest hits of different places so far, nearest first, equal ones by row. */
typedef struct straight_best {
  size_t room, count;
  double limit; /* ground metres, inclusive */
  straight_hit *hit;
} straight_best;

/* Would a hit on this row at this distance be kept? */
bool straight_wanted(const straight_best *best, uint32_t row, double metres);
void straight_keep(straight_best *best, const straight_hit *hit);
/* Ground metres beyond which nothing is kept any more. */
double straight_reach(const straight_best *best);

/* May a piece be reached in a straight line at this point of it? NULL in a quest = always. */
typedef bool (*straight_clear)(double x, double y, double at_x, double at_y, void *data);

typedef struct straight_quest {
  const straight_set *set;
  const sund_ground *ground; /* NULL = metres of the plane                */
  double scale;              /* most map metres a ground metre            */
  straight_best *best;       /* added to                                  */
  double known;  /* ground metres within which there certainly are as many as best has room for; 0 = not known */
  uint32_t land; /* only pieces on this land                       */
  straight_clear clear;
  void *data;
  size_t patience; /* refused pieces after which the search is given up; 0 = never            */
  size_t refused;  /* pieces that were not clear; the answer is incomplete once out of patience */
} straight_quest;

/* Keeps what is nearest to the point. False when it was given up. */
bool straight_search(straight_quest *quest, double x, double y);
/* Keeps the places that hold the point, at distance 0. */
void straight_inside(const straight_set *set, straight_best *best, double x, double y);

/* Ground metres; those of the plane when `ground` is NULL. */
double straight_metres(const sund_ground *ground, double x0, double y0, double x1, double y1);
/* Most map metres a ground metre; 1 when `ground` is NULL. */
double straight_scale(const sund_ground *ground);

/* Writes k hits of a point as the functions of this family answer; near_x, near_y may be NULL. */
void straight_answer(const straight_set *set, const straight_best *best, size_t k, double *metres, size_t *row,
                     double *near_x, double *near_y);

/* One of sund_pairs. */
typedef struct straight_pair {
  uint32_t row, to;
  double metres;
} straight_pair;
/* Puts pairs in the order of their rows; pairs of one row keep theirs. */
sund_code straight_pairs_sort(sund_ctx *ctx, size_t rows, size_t count, const straight_pair *pair, sund_pairs **out);

#endif
