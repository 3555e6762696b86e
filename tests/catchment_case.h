/* catchment_case.h - a small world for the maps and cells of the query `catchment`. Lines carry length_m, so that times
 * are exact; places are p0, p1 ... */
#ifndef SUND_TESTS_CATCHMENT_CASE_H
#define SUND_TESTS_CATCHMENT_CASE_H

#include "catchment_usual.h"
#include "draw.h"

typedef struct catchment_case {
  sund_ctx *ctx;
  sund_inputs in;
  sund_variant variants[2];
  const char *modes[4];
  double minutes[4], percents[1];
  catchment_options options;
  sund_results out;
} catchment_case;

static inline void case_begin(catchment_case *c, sund_ctx *ctx) {
  *c = (catchment_case){.ctx = ctx, .modes = {"walk"}, .minutes = {15, 30, 45, 60}, .percents = {50}};
  c->in.crs = draw_crs(ctx);
  c->in.scenario = "baseline";
  c->in.variant = c->variants;
  c->options = usual_options(c->modes, (sund_numbers){4, c->minutes}, (sund_numbers){1, c->percents});
}

static inline sund_code case_ask(catchment_case *c) {
  c->out = (sund_results){0};
  return sund_query_find("catchment")->run(c->ctx, &c->in, &c->options, &c->out);
}

static inline sund_table *case_places(sund_ctx *ctx, size_t n, const draw_point *at) {
  sund_table *table = draw_points(ctx, SUND_PLACES, n, at);
  for (size_t i = 0; i < n; i++) {
    sund_table_text(table, "id")[i] = sund_text(ctx, "p%zu", i);
    sund_table_text(table, "name")[i] = sund_text(ctx, "Place %zu", i);
  }
  return table;
}

/* Jobs: as many as the point has persons. */
static inline sund_table *case_jobs(sund_ctx *ctx, size_t n, const draw_point *at) {
  sund_table *table = draw_points(ctx, SUND_JOBS, n, at);
  for (size_t i = 0; i < n; i++) sund_table_real(table, "jobs")[i] = at[i].persons;
  return table;
}

static inline sund_table *case_roads(sund_ctx *ctx, size_t n, const draw_line *line) {
  sund_table *table = draw_lines(ctx, n, line);
  for (size_t i = 0; i < n; i++)
    sund_table_real(table, "length_m")[i] = hypot(line[i].x1 - line[i].x0, line[i].y1 - line[i].y0);
  return table;
}

/* A gate of so many minutes for some modes that leaves when one comes. */
static inline sund_table *case_gate(sund_ctx *ctx, const draw_line *line, const char *id, double minutes,
                                    const char *modes) {
  sund_table *gates = draw_table(ctx, SUND_GATES, SUND_LINE, 1);
  gates->shapes = draw_lines(ctx, 1, line)->shapes;
  sund_table_text(gates, "id")[0] = id;
  sund_table_real(gates, "minutes")[0] = minutes;
  sund_table_real(gates, "headway_min")[0] = 0;
  sund_table_text(gates, "modes")[0] = modes;
  return gates;
}

static inline double case_told(const catchment_case *c, const char *indicator, const char *variant,
                               const char *scenario, const char *place) {
  for (size_t i = 0; i < c->out.indicators; i++) {
    const sund_indicator *row = &c->out.indicator[i];
    const char *of = row->scenario ? row->scenario : c->in.scenario;
    if (strcmp(row->indicator, indicator) == 0 && strcmp(row->variant, variant) == 0 && strcmp(of, scenario) == 0 &&
        (place == NULL ? row->unit_id == NULL : row->unit_id && strcmp(row->unit_id, place) == 0))
      return row->value;
  }
  return NAN;
}

#endif
