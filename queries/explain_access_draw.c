/* explain_access_draw.c - the facts about a home as lines and points: its legs, where it meets path and green, and the
 * green that nearly counts.
 */
#include <math.h>

#include "explain_teller.h"

static sund_code draw_legs(teller *t, const access_case *one) {
  for (size_t k = 0; k < one->legs; k++) {
    const access_leg *leg = &one->leg[k];
    bool used = leg->used && *leg->used;
    const char *text = sund_text(t->ctx, "%s%s%s", teller_leg(t, leg), used ? ": " : "", used ? leg->used : "");
    if (!text) return SUND_LIMIT;
    if (leg->vertices)
      TRY(explain_add_line(t->ctx, t->out,
                           (explain_line){one->standard, explain_leg_names[leg->kind], leg->metres, text,
                                          leg->vertices, leg->x, leg->y}));
  }
  return SUND_OK;
}

/* Where the way leaves the home's street, and where the green begins. */
static sund_code draw_ends(teller *t, const access_case *one) {
  const access_facts *f = t->facts;
  for (size_t k = 0; k < one->legs; k++) {
    const access_leg *leg = &one->leg[k];
    if (leg->kind == LEG_ALONG && leg->vertices)
      TRY(explain_add_point(t->ctx, t->out,
                            (explain_point){.standard = one->standard,
                                            .point = "path",
                                            .metres = one->leg[0].metres,
                                            .x = leg->x[0],
                                            .y = leg->y[0]}));
  }
  if (!isfinite(one->near_x) || one->drawing == INSIDE) return SUND_OK;
  bool gate = one->entrance != SIZE_MAX;
  const int64_t *ids = gate ? sund_table_int(f->entrances, "entrance_id") : NULL;
  const char **rules = gate ? sund_table_text(f->entrances, "rule") : NULL;
  const char *id = ids ? sund_text(t->ctx, "%lld", (long long)ids[one->entrance]) : NULL;
  if (ids && !id) return SUND_LIMIT;
  if (!gate && one->green != SIZE_MAX) id = explain_green_text(f, one->green, "green_id");
  const char *name = one->green != SIZE_MAX ? teller_green(t, one->green) : "";
  const char *rule = rules ? explain_label(explain_rules_said, rules[one->entrance], t->language) : "";
  const char *text = name ? sund_text(t->ctx, "%s%s%s", rule, *rule ? ": " : "", name) : NULL;
  if (!text) return SUND_LIMIT;
  return explain_add_point(t->ctx, t->out,
                           (explain_point){.standard = one->standard,
                                           .point = gate ? "entrance" : "green",
                                           .id = id,
                                           .metres = one->minutes ? NAN : one->dist,
                                           .text = text,
                                           .x = one->near_x,
                                           .y = one->near_y});
}

static sund_code draw_misses(teller *t, const access_case *one) {
  for (size_t k = 0; k < one->misses; k++) {
    const access_miss *miss = &one->miss[k];
    const char *name = teller_green(t, miss->green), *why = teller_miss(t, one, miss);
    const char *text = name && why ? sund_text(t->ctx, "%s: %s", name, why) : NULL;
    if (!text) return SUND_LIMIT;
    TRY(explain_add_point(t->ctx, t->out,
                          (explain_point){.standard = one->standard,
                                          .point = "miss",
                                          .id = explain_green_text(t->facts, miss->green, "green_id"),
                                          .metres = miss->metres,
                                          .text = text,
                                          .x = miss->x,
                                          .y = miss->y}));
  }
  return SUND_OK;
}

sund_code teller_draw(teller *t) {
  const access_facts *f = t->facts;
  if (!f->placed) return SUND_OK;
  const char *home = explain_fill(t->ctx, teller_word(t, WORD_HOME), f->id, NULL);
  if (!home) return SUND_LIMIT;
  TRY(explain_add_point(
      t->ctx, t->out,
      (explain_point){.point = "home", .id = f->id, .metres = 0, .text = home, .x = f->x, .y = f->y}));
  for (size_t i = 0; i < f->cases; i++) {
    TRY(draw_legs(t, &f->one[i]));
    TRY(draw_ends(t, &f->one[i]));
    TRY(draw_misses(t, &f->one[i]));
  }
  return SUND_OK;
}
