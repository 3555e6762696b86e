/* catchment_routes_write.c - the layer catchment_routes: a line a leg. */
#include <math.h>
#include <string.h>

#include "catchment_routes.h"

enum {
  R_FROM,
  R_TO,
  R_MODE,
  R_SCENARIO,
  R_LEG,
  R_WHAT,
  R_NAME,
  R_BEGINS,
  R_WAIT,
  R_MINUTES,
  R_METRES,
  R_TOTAL,
  R_CO2,
  R_CO2_OWN,
  R_FIELDS
};
static const sund_choice what_choices[] = {
    {"walk", {"til fods", "till fots", "on foot"}}, {"bike", {"på cykel", "med cykel", "by bike"}},
    {"car", {"i bil", "med bil", "by car"}},        {"gate", {"overfart", "överfart", "crossing"}},
    {"ride", {"med linje", "med linje", "ride"}},   {NULL, {NULL, NULL, NULL}}};
static const sund_field fields[R_FIELDS] = {
    {"from_id", SUND_TEXT, NULL, {"fra sted", "från plats", "from place"}, NULL},
    {"to_id", SUND_TEXT, NULL, {"til", "till", "to"}, NULL},
    {"mode", SUND_TEXT, NULL, {"transportform", "färdsätt", "mode"}, NULL},
    {"scenario", SUND_TEXT, NULL, {"scenarie", "scenario", "scenario"}, NULL},
    {"leg", SUND_INT, NULL, {"ben", "etapp", "leg"}, NULL},
    {"what", SUND_TEXT, NULL, {"hvordan", "hur", "how"}, what_choices},
    {"name", SUND_TEXT, NULL, {"navn", "namn", "name"}, NULL},
    {"begins", SUND_TEXT, NULL, {"begynder kl.", "börjar kl.", "begins at"}, NULL},
    {"wait_min", SUND_REAL, "min", {"ventetid før", "väntan före", "wait before"}, NULL},
    {"minutes", SUND_REAL, "min", {"undervejs", "på väg", "under way"}, NULL},
    {"metres", SUND_REAL, "m", {"længde", "längd", "length"}, NULL},
    {"total_min", SUND_REAL, "min", {"hele rejsen", "hela resan", "whole way"}, NULL},
    {"co2_g", SUND_REAL, "g", {"CO2 i bil", "CO2 med bil", "CO2 by car"}, NULL},
    {"co2_own_g",
     SUND_REAL,
     "g",
     {"heraf i stedets egen kommune", "varav i platsens egen kommun", "of it in the place's own area"},
     NULL},
};

static double thousandth(double value) {
  return round(value * 1000) / 1000;
}

static const char *clock_text(sund_ctx *ctx, double seconds) {
  const long s = lround(seconds);
  return sund_text(ctx, "%02ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
}

static sund_code fill_row(sund_ctx *ctx, const catchment_run *run, const catchment_route_row *from,
                          const sund_table *table, size_t row) {
  const catchment_leg *leg = &from->route->leg[from->leg];
  table->column[R_FROM].text[row] = run->town.place_id[from->ask->place];
  table->column[R_TO].text[row] = from->ask->to_id;
  table->column[R_MODE].text[row] = catchment_mode_names[from->mode];
  table->column[R_SCENARIO].text[row] = run->variant[from->variant].name;
  table->column[R_LEG].integer[row] = (int64_t)from->leg + 1;
  table->column[R_WHAT].text[row] = leg->what;
  table->column[R_NAME].text[row] = leg->name;
  table->column[R_WAIT].real[row] = thousandth(leg->wait_s / 60);
  table->column[R_MINUTES].real[row] = thousandth(leg->seconds / 60);
  table->column[R_METRES].real[row] = thousandth(leg->metres);
  table->column[R_TOTAL].real[row] = thousandth(from->route->total_s / 60);
  double all_g, own_g;
  TRY(catchment_leg_co2(ctx, run, from->ask->place, leg, &all_g, &own_g));
  table->column[R_CO2].real[row] = thousandth(all_g);
  table->column[R_CO2_OWN].real[row] = thousandth(own_g);
  table->column[R_BEGINS].text[row] = clock_text(ctx, leg->begin_s);
  return table->column[R_BEGINS].text[row] ? SUND_OK : SUND_LIMIT;
}

static sund_code draw_rows(sund_ctx *ctx, size_t rows, const catchment_route_row *row, sund_shapes **out) {
  size_t vertices = 0;
  for (size_t r = 0; r < rows; r++) vertices += row[r].route->leg[row[r].leg].vertices;
  TRY(sund_shapes_new(ctx, SUND_LINE, rows, rows, vertices, out));
  sund_shapes *s = *out;
  for (size_t r = 0; r < rows; r++) {
    const catchment_leg *leg = &row[r].route->leg[row[r].leg];
    s->first_part[r + 1] = r + 1;
    s->first_vertex[r + 1] = s->first_vertex[r] + leg->vertices;
    memcpy(s->x + s->first_vertex[r], leg->x, leg->vertices * sizeof *leg->x);
    memcpy(s->y + s->first_vertex[r], leg->y, leg->vertices * sizeof *leg->y);
  }
  return SUND_OK;
}

static const sund_class classes[] = {
    {0, 0, "walk", "#8c6d31", {"til fods", "till fots", "on foot"}},
    {0, 0, "bike", "#31a354", {"på cykel", "med cykel", "by bike"}},
    {0, 0, "car", "#636363", {"i bil", "med bil", "by car"}},
    {0, 0, "gate", "#08519c", {"overfart", "överfart", "crossing"}},
    {0, 0, "ride", "#a50f15", {"med linje", "med linje", "ride"}},
};
static const sund_style style = {
    .column = "what", .classes = classes, .count = sizeof classes / sizeof *classes, .size_mm = 0.7, .opacity = 1};

sund_code catchment_routes_write(sund_ctx *ctx, catchment_run *run, size_t rows, const catchment_route_row *row) {
  sund_table *table;
  TRY(sund_table_new(ctx, "catchment_routes", SUND_LINE, rows, fields, R_FIELDS, &table));
  TRY(draw_rows(ctx, rows, row, &table->shapes));
  for (size_t r = 0; r < rows; r++) TRY(fill_row(ctx, run, &row[r], table, r));
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .title = {"Rejser", "Resor", "Ways"},
                   .summary = {"Rejsen fra sted til sted, ben for ben, ved den valgte percentil",
                               "Resan från plats till plats, etapp för etapp, vid vald percentil",
                               "The way from place to place, leg by leg, at the chosen percentile"},
                   .style = &style,
                   .indexed = true});
}
