/* explain_access_tables.c - the facts about a home as tables: members of the JSON document. Words are those of the
 * layers, whatever the language.
 */
#include <math.h>

#include "explain_access.h"
#include "explain_pen.h"

/* ---------------------------------------------------------------------------------------------------------- home */

static const sund_field home_fields[] = {T("home_id"), I("piece"),  I("rows"), T("area_id"), R("persons"),
                                         T("status"),  T("reason"), R("x"),    R("y"),       T("crs")};
enum { HOME_FIELDS = sizeof home_fields / sizeof *home_fields };

static sund_code home_table(sund_ctx *ctx, const access_facts *f, explain_answer *out) {
  sund_table *table;
  TRY(sund_table_new(ctx, "home", SUND_NONE, 1, home_fields, HOME_FIELDS, &table));
  pen p = {table, 0, 0};
  put_text(&p, f->id);
  put_int(&p, f->piece);
  put_int(&p, (int64_t)f->homes->rows);
  put_text(&p, explain_home_text(f, "area_id"));
  put_real(&p, explain_home_real(f, "persons"));
  put_text(&p, explain_home_text(f, "status"));
  put_text(&p, explain_home_text(f, "reason"));
  put_real(&p, f->placed ? f->x : NAN);
  put_real(&p, f->placed ? f->y : NAN);
  put_text(&p, f->crs);
  explain_add_member(out, "home", table);
  return SUND_OK;
}

/* --------------------------------------------------------------------------------------------------------- cases */

static const sund_field case_fields[] = {
    T("standard"),     T("title"),      T("source"),         T("kinds"),    T("access"),   R("min_ha"),
    R("max"),          T("unit"),       T("distance"),       I("met"),      R("dist"),     R("over"),
    R("next"),         R("straight_m"), R("nearest_path_m"), T("green_id"), T("name"),     T("kind"),
    T("access_class"), T("law"),        T("parcel_id"),      R("area_ha"),  I("entrance"), T("rule"),
    I("rank"),         R("reached_x"),  R("reached_y"),      R("legs_m"),   T("way"),
};
enum { CASE_FIELDS = sizeof case_fields / sizeof *case_fields };

static const char *const drawing_names[] = {"drawn",  "differs",   "inside", "not-stored",
                                            "beyond", "not-found", "none"};

/* id: of an area that is not among the rows, or NULL. */
static void put_green(pen *p, const access_facts *f, const char *id, size_t row) {
  static const char *const column[] = {"name", "kind", "access", "law", "parcel_id"};
  put_text(p, row == SIZE_MAX ? id : explain_green_text(f, row, "green_id"));
  for (size_t k = 0; k < sizeof column / sizeof *column; k++)
    put_text(p, row == SIZE_MAX ? NULL : explain_green_text(f, row, column[k]));
  put_real(p, row == SIZE_MAX ? NAN : explain_green_ha(f, row));
}

static void put_entrance(pen *p, const access_facts *f, size_t row) {
  bool is = row != SIZE_MAX;
  const int64_t *id = is ? sund_table_int(f->entrances, "entrance_id") : NULL;
  const int64_t *rank = is ? sund_table_int(f->entrances, "rank") : NULL;
  const char **rule = is ? sund_table_text(f->entrances, "rule") : NULL;
  put_int(p, id ? id[row] : SUND_NULL_INT);
  put_text(p, rule ? rule[row] : NULL);
  put_int(p, rank ? rank[row] : SUND_NULL_INT);
}

static void put_case(pen *p, const access_facts *f, const access_case *one) {
  const char *const text[] = {one->standard, one->title[SUND_EN], one->source, one->kinds, one->access};
  for (size_t k = 0; k < sizeof text / sizeof *text; k++) put_text(p, text[k]);
  put_real(p, one->min_ha);
  put_real(p, one->max);
  put_text(p, one->minutes ? "min" : "m");
  put_text(p, explain_way_names[one->way]);
  put_int(p, one->met < 0 ? SUND_NULL_INT : one->met);
  put_real(p, one->dist);
  put_real(p, one->met == 0 ? one->dist - one->max : NAN);
  put_real(p, one->next);
  put_real(p, one->straight_m);
  put_real(p, one->path_m);
  put_green(p, f, one->green_id, one->green);
  put_entrance(p, f, one->entrance);
  put_real(p, one->near_x);
  put_real(p, one->near_y);
  put_real(p, one->legs ? one->sum_m : NAN);
  put_text(p, drawing_names[one->drawing]);
}

static sund_code case_table(sund_ctx *ctx, const access_facts *f, explain_answer *out) {
  sund_table *table;
  TRY(sund_table_new(ctx, "standards", SUND_NONE, f->cases, case_fields, CASE_FIELDS, &table));
  for (size_t i = 0; i < f->cases; i++) put_case(&(pen){table, i, 0}, f, &f->one[i]);
  explain_add_member(out, "standards", table);
  return SUND_OK;
}

/* ---------------------------------------------------------------------------------------------------------- legs */

static const sund_field leg_fields[] = {T("standard"), T("leg"), R("metres"), T("used"), T("line")};
enum { LEG_FIELDS = sizeof leg_fields / sizeof *leg_fields };

static sund_code leg_table(sund_ctx *ctx, const access_facts *f, explain_answer *out) {
  sund_table *table;
  size_t rows = 0, row = 0;
  for (size_t i = 0; i < f->cases; i++) rows += f->one[i].legs;
  TRY(sund_table_new(ctx, "legs", SUND_NONE, rows, leg_fields, LEG_FIELDS, &table));
  for (size_t i = 0; i < f->cases; i++)
    for (size_t k = 0; k < f->one[i].legs; k++) {
      const access_leg *leg = &f->one[i].leg[k];
      const char *line;
      TRY(explain_line_text(ctx, leg->vertices, leg->x, leg->y, &line));
      pen p = {table, row++, 0};
      put_text(&p, f->one[i].standard);
      put_text(&p, explain_leg_names[leg->kind]);
      put_real(&p, leg->metres);
      put_text(&p, leg->used && *leg->used ? leg->used : NULL);
      put_text(&p, line);
    }
  explain_add_member(out, "legs", table);
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- misses */

static const sund_field miss_fields[] = {
    T("standard"),     R("straight_m"), T("fails"),     T("green_id"), T("name"), T("kind"),
    T("access_class"), T("law"),        T("parcel_id"), R("area_ha"),  R("x"),    R("y")};
enum { MISS_FIELDS = sizeof miss_fields / sizeof *miss_fields };

static sund_code miss_table(sund_ctx *ctx, const access_facts *f, explain_answer *out) {
  sund_table *table;
  size_t rows = 0, row = 0;
  for (size_t i = 0; i < f->cases; i++) rows += f->one[i].misses;
  TRY(sund_table_new(ctx, "misses", SUND_NONE, rows, miss_fields, MISS_FIELDS, &table));
  for (size_t i = 0; i < f->cases; i++)
    for (size_t k = 0; k < f->one[i].misses; k++) {
      const access_miss *miss = &f->one[i].miss[k];
      pen p = {table, row++, 0};
      put_text(&p, f->one[i].standard);
      put_real(&p, miss->metres);
      put_text(&p, explain_miss_names[miss->test]);
      put_green(&p, f, NULL, miss->green);
      put_real(&p, miss->x);
      put_real(&p, miss->y);
    }
  explain_add_member(out, "misses", table);
  return SUND_OK;
}

sund_code explain_access_tables(sund_ctx *ctx, const void *given, explain_answer *out) {
  const access_facts *facts = given;
  TRY(home_table(ctx, facts, out));
  TRY(case_table(ctx, facts, out));
  TRY(leg_table(ctx, facts, out));
  return miss_table(ctx, facts, out);
}
