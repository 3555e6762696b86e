/* explain_catchment.c - the way from a place to a place or home, leg by leg, from the layer catchment_routes.
 *
 * Every mode and scenario of which the result holds a way is told, in the order of the layer.
 */
#include <math.h>
#include <string.h>

#include "catchment.h"
#include "explain.h"

/* Rows of the layer that are of the way asked for. */
typedef struct route_facts {
  const explain_question *question;
  const sund_table *rows; /* all that begin at the place */
  size_t count;
  size_t *row; /* count: those that end where asked, in order */
} route_facts;

typedef enum phrase { P_TITLE, P_WAY, P_GROUND, P_GATE, P_WAIT, PHRASES } phrase;

static const char *const phrases[PHRASES][3] = {
    [P_TITLE] = {"{1}: fra {2} til {3}\n", "{1}: från {2} till {3}\n", "{1}: from {2} to {3}\n"},
    [P_WAY] = {"{1}, {2}: {3} min\n", "{1}, {2}: {3} min\n", "{1}, {2}: {3} min\n"},
    [P_GROUND] = {"  {1}  {2}, {3} m, {4} min\n", "  {1}  {2}, {3} m, {4} min\n", "  {1}  {2}, {3} m, {4} min\n"},
    [P_GATE] = {"  {1}  overfart {2}, {3} m, {4} min\n", "  {1}  överfart {2}, {3} m, {4} min\n",
                "  {1}  crossing {2}, {3} m, {4} min\n"},
    [P_WAIT] = {"            vent {1} min\n", "            vänta {1} min\n", "            wait {1} min\n"},
};

/* ------------------------------------------------------------------------------------------------------------ find */

/* What the layer holds instead. */
static sund_code fail_place(sund_ctx *ctx, const explain_question *q) {
  static const char *const columns[] = {"from_id", NULL};
  sund_table *all;
  TRY(sund_result_table(ctx, q->result, "catchment_routes", columns, NULL, &all));
  const char **from = sund_table_text(all, "from_id");
  const char *near = all->rows ? sund_nearest_word(q->place, all->rows, from) : NULL;
  return sund_fail(ctx, SUND_USAGE, "--place: %s has no way from '%s'%s%s%s", q->file, q->place,
                   near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static sund_code fail_route(sund_ctx *ctx, const explain_question *q, const sund_table *from_here) {
  if (from_here->rows == 0) return fail_place(ctx, q);
  const char *near = sund_nearest_word(q->to, from_here->rows, sund_table_text(from_here, "to_id"));
  if (near)
    return sund_fail(ctx, SUND_USAGE, "--to: %s has no way from '%s' to '%s'; did you mean '%s'?", q->file, q->place,
                     q->to, near);
  return sund_fail(
      ctx, SUND_USAGE,
      "%s has no way from '%s' to '%s': either none is within the largest bound, or it was not asked for: "
      "run catchment with --route %s:%s",
      q->file, q->place, q->to, q->place, q->to);
}

static sund_code find_route(sund_ctx *ctx, const explain_question *question, void **out) {
  sund_table *table;
  *out = NULL;
  TRY(sund_result_table(ctx, question->result, "catchment_routes", NULL, &(sund_match){"from_id", question->place},
                        &table));
  if (!table) return SUND_OK;
  route_facts *facts = sund_alloc(ctx, 1, sizeof *facts);
  size_t *row = sund_alloc(ctx, table->rows, sizeof *row);
  if (!facts || !row) return SUND_LIMIT;
  *facts = (route_facts){.question = question, .rows = table, .row = row};
  for (size_t r = 0; r < table->rows; r++) {
    const char *to = explain_text(table, "to_id", r);
    if (to && strcmp(to, question->to) == 0) row[facts->count++] = r;
  }
  if (facts->count == 0) return fail_route(ctx, question, table);
  *out = facts;
  return SUND_OK;
}

static bool reads(const void *facts, const char *role) {
  static const char *const roles[] = {"places", "homes", "paths", "timetable", "gates"};
  (void)facts;
  for (size_t k = 0; k < sizeof roles / sizeof *roles; k++)
    if (strcmp(roles[k], role) == 0) return true;
  return false;
}

/* ------------------------------------------------------------------------------------------------------------ tell */

static sund_code tell_leg(sund_ctx *ctx, const route_facts *f, size_t r, int language, explain_answer *out) {
  const sund_table *t = f->rows;
  const char *what = explain_text(t, "what", r), *name = explain_text(t, "name", r);
  const char *begins = explain_text(t, "begins", r);
  const double wait = explain_real(t, "wait_min", r), metres = explain_real(t, "metres", r);
  const bool gate = what && strcmp(what, "gate") == 0, ride = what && strcmp(what, "ride") == 0;
  const char *waited = sund_text(ctx, "%.1f", wait), *minutes = sund_text(ctx, "%.1f", explain_real(t, "minutes", r));
  const char *length = isnan(metres) ? sund_text(ctx, "–") : sund_text(ctx, "%.0f", metres);
  if (!waited || !minutes || !length) return SUND_LIMIT;
  if (wait >= 0.05) TRY(explain_say(ctx, out, phrases[P_WAIT][language], waited, NULL));
  const char *label = gate || ride ? name : explain_label(catchment_mode_choices, what, language);
  const phrase which = gate ? P_GATE : P_GROUND;
  return explain_say(ctx, out, phrases[which][language], begins ? begins : "", label ? label : "", length, minutes,
                     NULL);
}

static bool same_way(const sund_table *t, size_t a, size_t b) {
  static const char *const columns[] = {"mode", "scenario"};
  for (size_t k = 0; k < 2; k++) {
    const char *x = explain_text(t, columns[k], a), *y = explain_text(t, columns[k], b);
    if (x != y && (!x || !y || strcmp(x, y) != 0)) return false;
  }
  return true;
}

static sund_code draw_leg(sund_ctx *ctx, const route_facts *f, size_t r, explain_answer *out) {
  const sund_shapes *s = f->rows->shapes;
  if (!s || s->first_part[r] == s->first_part[r + 1]) return SUND_OK;
  const size_t part = s->first_part[r], first = s->first_vertex[part], n = s->first_vertex[part + 1] - first;
  return explain_add_line(ctx, out,
                          (explain_line){.standard = explain_text(f->rows, "mode", r),
                                         .leg = explain_text(f->rows, "what", r),
                                         .metres = explain_real(f->rows, "metres", r),
                                         .text = explain_text(f->rows, "name", r),
                                         .vertices = n,
                                         .x = s->x + first,
                                         .y = s->y + first});
}

static sund_code tell(sund_ctx *ctx, const void *data, int language, explain_answer *out) {
  const route_facts *f = data;
  const explain_question *q = f->question;
  TRY(explain_say(ctx, out, phrases[P_TITLE][language], q->file, q->place, q->to, NULL));
  for (size_t k = 0; k < f->count; k++) {
    const size_t r = f->row[k];
    if (k == 0 || !same_way(f->rows, r, f->row[k - 1])) {
      const char *total = sund_text(ctx, "%.1f", explain_real(f->rows, "total_min", r));
      const char *mode = explain_label(catchment_mode_choices, explain_text(f->rows, "mode", r), language);
      const char *scenario = explain_text(f->rows, "scenario", r);
      if (!total) return SUND_LIMIT;
      TRY(explain_say(ctx, out, phrases[P_WAY][language], mode, scenario ? scenario : "", total, NULL));
    }
    TRY(tell_leg(ctx, f, r, language, out));
    TRY(draw_leg(ctx, f, r, out));
  }
  return SUND_OK;
}

/* The rows of the way as they stand in the layer. */
static sund_code tables(sund_ctx *ctx, const void *data, explain_answer *out) {
  const route_facts *f = data;
  const sund_table *from = f->rows;
  sund_field *field = sund_alloc(ctx, from->columns, sizeof *field);
  sund_table *table;
  if (!field) return SUND_LIMIT;
  for (size_t c = 0; c < from->columns; c++) field[c] = from->column[c].field;
  TRY(sund_table_new(ctx, "legs", SUND_NONE, f->count, field, from->columns, &table));
  for (size_t c = 0; c < from->columns; c++)
    for (size_t k = 0; k < f->count; k++) {
      const sund_column *of = &from->column[c];
      if (of->text) table->column[c].text[k] = of->text[f->row[k]];
      if (of->real) table->column[c].real[k] = of->real[f->row[k]];
      if (of->integer) table->column[c].integer[k] = of->integer[f->row[k]];
    }
  explain_add_member(out, "legs", table);
  return SUND_OK;
}

const explainer explain_catchment = {
    .query = "catchment", .ways = true, .find = find_route, .reads = reads, .tell = tell, .tables = tables};
