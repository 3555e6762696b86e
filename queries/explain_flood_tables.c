/* explain_flood_tables.c - the facts about a home's water as tables: members of the JSON document. Words are those of
 * the layers, whatever the language.
 */
#include <math.h>

#include "explain_flood.h"
#include "explain_pen.h"

/* ---------------------------------------------------------------------------------------------------------- home */

static const sund_field home_fields[] = {T("home_id"), I("piece"), I("rows"), T("area_id"),
                                         R("persons"), R("x"),     R("y"),    T("crs")};
enum { HOME_FIELDS = sizeof home_fields / sizeof *home_fields };

static sund_code home_table(sund_ctx *ctx, const flood_facts *f, explain_answer *out) {
  const int64_t piece = explain_int(f->home.rows, "piece", f->home.row);
  sund_table *table;
  TRY(sund_table_new(ctx, "home", SUND_NONE, 1, home_fields, HOME_FIELDS, &table));
  pen p = {table, 0, 0};
  put_text(&p, f->home.id);
  put_int(&p, piece == SUND_NULL_INT ? 0 : piece);
  put_int(&p, (int64_t)f->home.rows->rows);
  put_text(&p, explain_text(f->home.rows, "area_id", f->home.row));
  put_real(&p, explain_real(f->home.rows, "persons", f->home.row));
  put_real(&p, f->placed ? f->x : NAN);
  put_real(&p, f->placed ? f->y : NAN);
  put_text(&p, f->crs);
  explain_add_member(out, "home", table);
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- answer */

static const sund_field answer_fields[] = {
    R("ground_m"),
    R("first_wet_m"),
    T("rule"),
    R("first_wet_touch_m"),
    R("first_wet_kamp_m"),
    R("first_wet_sill_m"),
    R("first_wet_median_m"),
    I("lifted"),
    T("saddle_id"),
    T("through_id"),
    R("cap_m"),
    T("heights"),
    T("way"),
    R("way_m"),
    R("saddle_from_way_m"),
    T("raster"),
    T("line"),
};
enum { ANSWER_FIELDS = sizeof answer_fields / sizeof *answer_fields };

static sund_code answer_table(sund_ctx *ctx, const flood_facts *f, explain_answer *out) {
  const water_way *way = &f->way;
  const char *line;
  sund_table *table;
  TRY(explain_line_text(ctx, way->vertices > 1 ? way->vertices : 0, way->x, way->y, &line));
  TRY(sund_table_new(ctx, "flood", SUND_NONE, 1, answer_fields, ANSWER_FIELDS, &table));
  pen p = {table, 0, 0};
  put_real(&p, f->ground_m);
  put_real(&p, f->wet_m);
  put_text(&p, f->rule);
  for (size_t k = 0; k < WATER_RULES; k++) put_real(&p, f->rule_m[k]);
  put_int(&p, f->lifted);
  put_text(&p, explain_text(f->home.rows, "saddle_id", f->home.row));
  put_text(&p, explain_text(f->home.rows, "through_id", f->home.row));
  put_real(&p, f->cap_m);
  put_text(&p, f->heights);
  put_text(&p, explain_water_names[way->state]);
  put_real(&p, way->metres);
  put_real(&p, way->saddle_m);
  put_text(&p, way->raster);
  put_text(&p, line);
  explain_add_member(out, "flood", table);
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- levels */

static const sund_field level_fields[] = {T("level"), R("level_m"), I("wet"), R("depth_m"), R("p"), T("says")};
enum { LEVEL_FIELDS = sizeof level_fields / sizeof *level_fields };

static sund_code level_table(sund_ctx *ctx, const flood_facts *f, explain_answer *out) {
  sund_table *table;
  TRY(sund_table_new(ctx, "flood_levels", SUND_NONE, f->cases, level_fields, LEVEL_FIELDS, &table));
  for (size_t i = 0; i < f->cases; i++) {
    const flood_case *one = &f->one[i];
    pen p = {table, i, 0};
    put_text(&p, one->variant);
    put_real(&p, one->level_m);
    put_int(&p, one->wet < 0 ? SUND_NULL_INT : one->wet);
    put_real(&p, one->depth_m);
    put_real(&p, one->probability);
    put_text(&p, one->says);
  }
  explain_add_member(out, "flood_levels", table);
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- saddles */

static const sund_field saddle_fields[] = {
    T("saddle_id"),
    R("crest_m"),
    R("x"),
    R("y"),
    R("width_m"),
    R("width_5cm_m"),
    R("width_10cm_m"),
    R("width_20cm_m"),
    R("bias_m"),
    R("area_ha_behind"),
    R("persons_behind"),
    I("homes_behind"),
    T("parent_id"),
    R("next_m"),
    R("next_x"),
    R("next_y"),
    R("persons_held"),
    I("homes_held"),
};
enum { SADDLE_FIELDS = sizeof saddle_fields / sizeof *saddle_fields };

/* The deciding saddle as it stands in its layer. */
static sund_code saddle_table(sund_ctx *ctx, const flood_facts *f, explain_answer *out) {
  const sund_table *from = f->saddles;
  const size_t row = f->decides;
  sund_table *table;
  TRY(sund_table_new(ctx, "flood_saddle", SUND_NONE, row != SIZE_MAX, saddle_fields, SADDLE_FIELDS, &table));
  for (size_t c = 0; row != SIZE_MAX && c < SADDLE_FIELDS; c++) {
    const sund_field *field = &saddle_fields[c];
    sund_column *to = &table->column[c];
    if (field->type == SUND_TEXT) to->text[0] = explain_text(from, field->name, row);
    else if (field->type == SUND_INT) to->integer[0] = explain_int(from, field->name, row);
    else to->real[0] = explain_real(from, field->name, row);
  }
  if (row != SIZE_MAX && from->x) table->column[2].real[0] = from->x[row], table->column[3].real[0] = from->y[row];
  explain_add_member(out, "flood_saddle", table);
  return SUND_OK;
}

static const sund_field sill_fields[] = {R("level_m"), R("x"), R("y"), R("behind_m")};
enum { SILL_FIELDS = sizeof sill_fields / sizeof *sill_fields };

static sund_code sill_table(sund_ctx *ctx, const flood_facts *f, explain_answer *out) {
  sund_table *table;
  TRY(sund_table_new(ctx, "flood_sills", SUND_NONE, f->way.sills, sill_fields, SILL_FIELDS, &table));
  for (size_t i = 0; i < f->way.sills; i++) {
    const water_sill *sill = &f->way.sill[i];
    pen p = {table, i, 0};
    put_real(&p, sill->level_m);
    put_real(&p, sill->x);
    put_real(&p, sill->y);
    put_real(&p, sill->behind_m);
  }
  explain_add_member(out, "flood_sills", table);
  return SUND_OK;
}

sund_code explain_flood_tables(sund_ctx *ctx, const void *given, explain_answer *out) {
  const flood_facts *facts = given;
  TRY(home_table(ctx, facts, out));
  TRY(answer_table(ctx, facts, out));
  TRY(level_table(ctx, facts, out));
  TRY(saddle_table(ctx, facts, out));
  return sill_table(ctx, facts, out);
}
