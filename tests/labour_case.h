/* labour_case.h - a question to `labour` with flows drawn by hand. */
#ifndef SUND_TESTS_LABOUR_CASE_H
#define SUND_TESTS_LABOUR_CASE_H

#include "draw.h"
#include "queries/labour.h"

typedef struct trip {
  const char *from, *to;
  double persons;
} trip;

/* A question; begins with the defaults of the option table. */
typedef struct labour_case {
  sund_ctx *ctx;
  sund_inputs in;
  labour_options options;
  sund_results out;
  const char *rule[4], *together[4];
  double shrink[8];
} labour_case;

static inline void labour_begin(labour_case *c, sund_ctx *ctx) {
  *c = (labour_case){.ctx = ctx, .rule = {"scb"}};
  c->in.crs = draw_crs(ctx);
  c->in.scenario = "baseline";
  c->options = (labour_options){.max_out = 0.2,
                                .max_single = 0.075,
                                .min_size = 3500,
                                .target_size = 25000,
                                .min_containment = 0.667,
                                .target_containment = 0.75,
                                .centre_size = 50000,
                                .min_link = 1e-5,
                                .model = "gravity",
                                .flow_lines = 200};
}

static inline void labour_flows_of(labour_case *c, size_t count, const trip *trips) {
  static const char *const name[] = {"flows.csv"};
  sund_table *flows = draw_table(c->ctx, SUND_FLOWS, SUND_NONE, count);
  for (size_t r = 0; r < count; r++) {
    sund_table_text(flows, "from")[r] = trips[r].from, sund_table_text(flows, "to")[r] = trips[r].to;
    sund_table_real(flows, "persons")[r] = trips[r].persons;
  }
  flows->sources = 1, flows->source_name = (const char **)name;
  c->in.role[SUND_FLOWS] = flows;
}

/* Rows from, to, minutes. */
static inline void labour_minutes_of(labour_case *c, size_t count, const trip *rows) {
  sund_table *travel = draw_table(c->ctx, SUND_TRAVEL, SUND_NONE, count);
  for (size_t r = 0; r < count; r++) {
    sund_table_text(travel, "from")[r] = rows[r].from, sund_table_text(travel, "to")[r] = rows[r].to;
    sund_table_real(travel, "minutes")[r] = rows[r].persons;
  }
  c->in.role[SUND_TRAVEL] = travel;
}

static inline size_t labour_count(const char *const *text, size_t room) {
  size_t count = 0;
  while (count < room && text[count]) count++;
  return count;
}

static inline sund_code labour_ask(labour_case *c) {
  c->out = (sund_results){0};
  c->options.rule = (sund_strings){labour_count(c->rule, 4), c->rule, NULL};
  c->options.together = (sund_strings){labour_count(c->together, 4), c->together, (sund_mark[4]){{0}, {0}, {0}, {0}}};
  c->options.shrink.value = c->shrink;
  return sund_query_find("labour")->run(c->ctx, &c->in, &c->options, &c->out);
}

/* The row of a layer whose text column has that text; fails when there is none. */
static inline size_t labour_row(const sund_table *table, const char *column, const char *text) {
  for (size_t r = 0; r < table->rows; r++) {
    const char *is = sund_table_text(table, column)[r];
    if (is && strcmp(is, text) == 0) return r;
  }
  fail_msg("%s: no row with %s %s", table->name, column, text);
  return 0;
}

/* A text of that row, "" when there is none. */
static inline const char *labour_text(const sund_table *table, const char *key, const char *text,
                                      const char *column) {
  const char *is = sund_table_text(table, column)[labour_row(table, key, text)];
  return is ? is : "";
}

static inline double labour_real(const sund_table *table, const char *key, const char *text, const char *column) {
  return sund_table_real(table, column)[labour_row(table, key, text)];
}

/* The value of an indicator of a market or set of units; fails when there is not exactly one. */
static inline const sund_indicator *labour_indicator(const sund_results *out, const char *indicator,
                                                     const char *variant, const char *unit) {
  const sund_indicator *found = NULL;
  size_t count = 0;
  for (size_t i = 0; i < out->indicators; i++) {
    const sund_indicator *row = &out->indicator[i];
    if (strcmp(row->indicator, indicator) != 0 || strcmp(row->variant, variant) != 0) continue;
    if (unit ? !row->unit_id || strcmp(row->unit_id, unit) != 0 : row->unit_id != NULL) continue;
    found = row, count++;
  }
  if (count != 1) fail_msg("%s %s %s: %zu rows", indicator, variant, unit ? unit : "all", count);
  return found;
}

#endif
