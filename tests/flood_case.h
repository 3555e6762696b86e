/* flood_case.h - a run of `flood` drawn by hand, for tests of its levels, risk and odds: no terrain, no flooding. */
#ifndef SUND_TESTS_FLOOD_CASE_H
#define SUND_TESTS_FLOOD_CASE_H

#include <math.h>

#include "queries/flood.h"
#include "support.h"

typedef struct flood_case {
  sund_inputs in;
  flood_options asked;
  sund_results out;
  flood_site site; /* of all zones of the sea */
  flood_run run;
} flood_case;

/* Nothing asked for, results in DVR90. */
static inline flood_case *flood_case_new(sund_ctx *ctx) {
  flood_case *c = sund_alloc(ctx, 1, sizeof *c);
  assert_non_null(c);
  c->in = (sund_inputs){.scenario = "baseline", .heights = "EPSG:5799"};
  c->asked = (flood_options){.cap_m = NAN, .mean_m = NAN, .close_to_m = NAN, .errors = "independent"};
  c->run = (flood_run){.in = &c->in, .asked = &c->asked, .out = &c->out, .method = "flood-touch/1#000000"};
  c->run.sites = 1, c->run.site = &c->site;
  return c;
}

/* The table `events` from text: a row is "event,level,heights,period,zone,year,source", what is missing at its end or
 * empty is not said; rows are parted by bars. */
static inline const sund_table *flood_case_events(sund_ctx *ctx, const char *text) {
  static const sund_field fields[] = {
      {.name = "event", .type = SUND_TEXT},   {.name = "level_m", .type = SUND_REAL},
      {.name = "heights", .type = SUND_TEXT}, {.name = "return_period_y", .type = SUND_REAL},
      {.name = "zone", .type = SUND_TEXT},    {.name = "year", .type = SUND_INT},
      {.name = "source", .type = SUND_TEXT}};
  enum { COLUMNS = sizeof fields / sizeof *fields };
  size_t rows = 1;
  for (const char *c = text; *c; c++) rows += *c == '|';
  sund_table *table;
  assert_ok(ctx, sund_table_new(ctx, "events", SUND_NONE, rows, fields, COLUMNS, &table));
  table->source_name = sund_alloc(ctx, 1, sizeof *table->source_name);
  table->source = sund_alloc(ctx, rows, sizeof *table->source);
  table->feature = sund_alloc(ctx, rows, sizeof *table->feature);
  table->sources = 1, table->source_name[0] = "levels.csv";
  for (size_t r = 0; r < rows; r++, text += *text == '|') {
    table->feature[r] = (int64_t)r + 1;
    for (size_t k = 0; k < COLUMNS && *text != '|' && *text; k++, text += *text == ',') {
      const size_t length = strcspn(text, ",|");
      const char *value = sund_text(ctx, "%.*s", (int)length, text);
      const sund_column *column = &table->column[k];
      if (length > 0 && column->text) column->text[r] = value;
      if (length > 0 && column->real) column->real[r] = strtod(value, NULL);
      if (length > 0 && column->integer) column->integer[r] = strtoll(value, NULL, 10);
      text += length;
    }
  }
  return table;
}

/* Is there a finding with these words? */
static inline bool flood_case_found(const flood_case *c, const char *words) {
  for (size_t f = 0; f < c->out.findings.count; f++)
    if (strstr(c->out.findings.item[f].text, words)) return true;
  return false;
}

/* A layer of the results, or NULL. */
static inline const sund_table *flood_case_layer(const flood_case *c, const char *name) {
  for (size_t l = 0; l < c->out.layers; l++)
    if (strcmp(c->out.layer[l].table->name, name) == 0) return c->out.layer[l].table;
  return NULL;
}

static inline bool flood_near(double a, double b) {
  return fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}

#endif
