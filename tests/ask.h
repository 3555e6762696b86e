/* ask.h - a town drawn by hand that is asked by the query `access`. */
#ifndef SUND_TESTS_ASK_H
#define SUND_TESTS_ASK_H

#include "draw.h"
#include "queries/access.h"

enum { ALL = 0x0FFF, PUBLIC = 1, UNKNOWN = 8 };

static inline sund_standard standard(const char *name, double min_ha, double max_m) {
  return (sund_standard){
      .name = name, .kinds = ALL, .access = PUBLIC | UNKNOWN, .min_ha = min_ha, .max_m = max_m, .max_min = NAN};
}

/* A town to be asked about. */
typedef struct town {
  sund_ctx *ctx;
  sund_inputs in;
  access_options options;
  sund_standard standards[4];
  double extent[SUND_ROLE_COUNT][1][4];
  sund_results out;
} town;

static inline void found_town(town *t, sund_ctx *ctx) {
  *t = (town){.ctx = ctx};
  t->in.crs = draw_crs(ctx);
  t->in.scenario = "baseline";
  t->in.standard = t->standards;
  t->in.standards = 1;
  t->standards[0] = standard("near", 0.5, 300);
  t->options = (access_options){.match = "edges",
                                .snap_limit_m = 250,
                                .walk_speed_kmh = 5,
                                .merge_gap_m = 1,
                                .sliver_m = 5,
                                .join_m = 1,
                                .piece_m = 100,
                                .decay = "dichotomy",
                                .nearest = 1};
}

/* Gives a role its table and, as the reader would, its extent. */
static inline void give(town *t, sund_role role, const sund_table *table) {
  t->in.role[role] = table;
  sund_table_box(table, t->extent[role][0]);
  t->in.extent[role] = (const double(*)[4])t->extent[role];
  t->in.extents[role] = 1;
}

static inline sund_code ask(town *t) {
  t->out = (sund_results){0};
  return sund_query_find("access")->run(t->ctx, &t->in, &t->options, &t->out);
}

static inline double dist(const town *t, size_t home) {
  return sund_table_real(draw_layer(&t->out, "access_homes"), "near_dist_m")[home];
}
static inline int64_t met(const town *t, size_t home) {
  return sund_table_int(draw_layer(&t->out, "access_homes"), "near_met")[home];
}
static inline const char *text_of(const town *t, const char *column, size_t home) {
  return sund_table_text(draw_layer(&t->out, "access_homes"), column)[home];
}

#endif
