/* explain_access_tell.c - the facts about a home as text. */
#include <math.h>
#include <string.h>

#include "explain_teller.h"

const char *teller_word(const teller *t, explain_word which) {
  return explain_words[which][t->language];
}

/* Says a phrase in the teller's language; the arguments end with NULL. */
static sund_code say(teller *t, explain_word which, ...) __attribute__((sentinel));
static sund_code say(teller *t, explain_word which, ...) {
  va_list list;
  va_start(list, which);
  sund_code code = explain_say_list(t->ctx, t->out, teller_word(t, which), list);
  va_end(list);
  return code;
}

/* "212.3 m", or "4.2 min" of a table of minutes. */
static const char *span(const teller *t, const access_case *one, double value) {
  if (isnan(value)) return teller_word(t, WORD_UNKNOWN);
  return sund_text(t->ctx, "%.1f %s", value, one->minutes ? "min" : "m");
}

/* Metres right-aligned, so that legs stand in a column. */
static const char *column(const teller *t, double metres) {
  return sund_text(t->ctx, "%8.1f", metres);
}

static const sund_choice *green_choices(const char *name) {
  const sund_role_info *info = sund_role_of(SUND_GREEN);
  for (size_t c = 0; c < info->columns; c++)
    if (strcmp(info->column[c].field.name, name) == 0) return info->column[c].field.choices;
  return NULL;
}

/* The words of a list in the language: "skov, park". */
static const char *labels(const teller *t, const sund_choice *choices, const char *list) {
  const char *text = "";
  for (const sund_choice *c = choices; text && c && c->value; c++)
    if (explain_listed(list, c->value))
      text = sund_text(t->ctx, "%s%s%s", text, *text ? " / " : "", c->label[t->language]);
  return text;
}

/* The kinds of a standard; where nearly all count, those that do not. */
static const char *kinds_text(const teller *t, const char *list) {
  enum { FEW = 3 };
  const sund_choice *choices = green_choices("kind");
  const char *others = "";
  size_t missing = 0;
  for (const sund_choice *c = choices; c && c->value; c++) {
    if (explain_listed(list, c->value)) continue;
    missing++;
    if (!(others = sund_text(t->ctx, "%s%s%s", others, *others ? " / " : "", c->label[t->language]))) return NULL;
  }
  if (!missing) return teller_word(t, WORD_ALL_KINDS);
  return missing <= FEW ? explain_fill(t->ctx, teller_word(t, WORD_ALL_KINDS_BUT), others, NULL)
                        : labels(t, choices, list);
}

/* "g12 Egebæksvang, skov, offentlig adgang, 34.20 ha (88)" */
const char *teller_green(const teller *t, size_t row) {
  const access_facts *f = t->facts;
  const char *id = explain_green_text(f, row, "green_id"), *name = explain_green_text(f, row, "name");
  const char *kind = explain_label(green_choices("kind"), explain_green_text(f, row, "kind"), t->language);
  const char *access = explain_label(green_choices("access"), explain_green_text(f, row, "access"), t->language);
  const char *parcel = explain_green_text(f, row, "parcel_id");
  double ha = explain_green_ha(f, row);
  const char *size = isnan(ha) ? "" : sund_text(t->ctx, ", %.2f ha", ha);
  return size ? sund_text(t->ctx, "%s%s%s, %s, %s%s%s%s%s", id ? id : "", name ? " " : "", name ? name : "", kind,
                          access, size, parcel ? " (" : "", parcel ? parcel : "", parcel ? ")" : "")
              : NULL;
}

/* -------------------------------------------------------------------------------------------------------- answer */

static sund_code tell_standard(teller *t, const access_case *one) {
  const char *size = teller_word(t, WORD_ANY_SIZE), *number = sund_text(t->ctx, "%g", one->min_ha);
  const char *max = span(t, one, one->max);
  const char *way = explain_label(explain_ways_said, explain_way_names[one->way], t->language);
  const char *kinds = kinds_text(t, one->kinds);
  const char *access = labels(t, green_choices("access"), one->access);
  if (one->min_ha > 0 && number) size = explain_fill(t->ctx, teller_word(t, WORD_SIZE), number, NULL);
  if (!number || !size || !max || !kinds || !access) return SUND_LIMIT;
  const char *title = one->title[t->language] ? one->title[t->language] : one->title[SUND_EN];
  TRY(say(t, WORD_STANDARD, one->standard, title ? title : "", NULL));
  if (one->source) TRY(say(t, WORD_SOURCE, one->source, NULL));
  TRY(say(t, WORD_ASKED, max, way, size, kinds, access, NULL));
  return SUND_OK;
}

/* Of a home without a path near enough. */
static sund_code tell_nearest_path(teller *t, const access_case *one) {
  const char *reason = explain_home_text(t->facts, "reason");
  if (one->way != WAY_NETWORK || !t->facts->placed || !reason || strcmp(reason, "no-path") != 0) return SUND_OK;
  const char *metres = sund_text(t->ctx, "%.1f", one->path_m), *limit = sund_text(t->ctx, "%g", one->snap_limit_m);
  const char *looked = sund_text(t->ctx, "%g", EXPLAIN_FARTHER * one->snap_limit_m);
  if (!metres || !limit || !looked) return SUND_LIMIT;
  if (isnan(one->path_m)) TRY(say(t, WORD_NO_PATH, looked, NULL));
  else TRY(say(t, WORD_PATH_AT, metres, limit, NULL));
  return SUND_OK;
}

static sund_code tell_verdict(teller *t, const access_case *one) {
  const char *dist = span(t, one, one->dist), *max = span(t, one, one->max);
  const char *over = span(t, one, one->dist - one->max), *reason = explain_home_text(t->facts, "reason");
  if (!dist || !max || !over) return SUND_LIMIT;
  if (one->met < 0) {
    const char *why = explain_label(explain_reasons_said, reason, t->language);
    const char *advice = explain_label(explain_advice_said, reason, t->language);
    TRY(say(t, WORD_UNASSESSED, *why ? why : teller_word(t, WORD_UNKNOWN),
            *advice ? advice : teller_word(t, WORD_UNKNOWN), NULL));
    return tell_nearest_path(t, one);
  } else if (one->met == 1) {
    TRY(say(t, WORD_SERVED, dist, max, NULL));
  } else if (isnan(one->dist)) {
    TRY(say(t, WORD_UNREACHED, max, NULL));
  } else {
    TRY(say(t, WORD_TOO_FAR, dist, max, over, NULL));
  }
  return SUND_OK;
}

static sund_code tell_green(teller *t, const access_case *one) {
  const access_facts *f = t->facts;
  if (one->green != SIZE_MAX) {
    const char *name = teller_green(t, one->green), *law = explain_green_text(f, one->green, "law");
    if (!name) return SUND_LIMIT;
    TRY(say(t, WORD_NEAREST, name, NULL));
    if (law) TRY(say(t, WORD_LAW, law, NULL));
  } else if (one->green_id) {
    TRY(say(t, WORD_NEAREST, one->green_id, NULL));
  }
  if (one->entrance == SIZE_MAX) return SUND_OK;
  const int64_t *ids = sund_table_int(f->entrances, "entrance_id"), *ranks = sund_table_int(f->entrances, "rank");
  const char **rules = sund_table_text(f->entrances, "rule");
  const char *id = sund_text(t->ctx, "%lld", ids ? (long long)ids[one->entrance] : 0);
  const char *rank = ranks ? sund_text(t->ctx, "%lld", (long long)ranks[one->entrance]) : "";
  if (!id || !rank) return SUND_LIMIT;
  TRY(say(t, WORD_ENTRANCE, id, explain_label(explain_rules_said, rules ? rules[one->entrance] : NULL, t->language),
          rank, NULL));
  return SUND_OK;
}

const char *teller_leg(const teller *t, const access_leg *leg) {
  return explain_label(explain_legs_said, explain_leg_names[leg->kind], t->language);
}

static sund_code tell_legs(teller *t, const access_case *one) {
  TRY(say(t, WORD_WAY, NULL));
  for (size_t k = 0; k < one->legs; k++) {
    const access_leg *leg = &one->leg[k];
    const char *metres = column(t, leg->metres);
    if (!metres) return SUND_LIMIT;
    if (leg->used && *leg->used) TRY(say(t, WORD_LEG_USED, metres, teller_leg(t, leg), leg->used, NULL));
    else TRY(say(t, WORD_LEG, metres, teller_leg(t, leg), NULL));
  }
  const char *sum = column(t, one->sum_m), *said = sund_text(t->ctx, "%.1f", one->dist);
  if (!sum || !said) return SUND_LIMIT;
  if (one->drawing == DRAWN) TRY(say(t, WORD_SUM, sum, NULL));
  else TRY(say(t, WORD_SUM_DIFFERS, sum, said, NULL));
  if (one->nodes) TRY(say(t, WORD_NODES, NULL));
  return SUND_OK;
}

static sund_code tell_way(teller *t, const access_case *one) {
  switch (one->drawing) {
    case DRAWN:
    case DIFFERS:
      return tell_legs(t, one);
    case INSIDE:
      TRY(say(t, WORD_INSIDE, NULL));
      return SUND_OK;
    case NOT_STORED:
      TRY(say(t, WORD_NOT_STORED, NULL));
      return SUND_OK;
    case BEYOND:
      TRY(say(t, WORD_BEYOND, NULL));
      return SUND_OK;
    case NOT_FOUND:
      TRY(say(t, WORD_NOT_FOUND, NULL));
      return SUND_OK;
    default:
      if (one->way == WAY_TABLE) TRY(say(t, WORD_BY_TABLE, NULL));
      return SUND_OK;
  }
}

static sund_code tell_others(teller *t, const access_case *one) {
  if (isfinite(one->straight_m) && one->drawing != INSIDE) {
    const char *straight = sund_text(t->ctx, "%.1f m", one->straight_m);
    if (!straight) return SUND_LIMIT;
    TRY(say(t, WORD_STRAIGHT, straight, NULL));
  }
  if (one->met != 1 || one->minutes) return SUND_OK;
  const char *next = span(t, one, one->next);
  if (!next) return SUND_LIMIT;
  if (isnan(one->next)) TRY(say(t, WORD_ONLY, NULL));
  else if (one->next <= one->max) TRY(say(t, WORD_NEXT, next, NULL));
  else TRY(say(t, WORD_NEXT_FAR, next, NULL));
  return SUND_OK;
}

/* -------------------------------------------------------------------------------------------------------- misses */

const char *teller_miss(const teller *t, const access_case *one, const access_miss *miss) {
  const char *ha = sund_text(t->ctx, "%.2f", explain_green_ha(t->facts, miss->green));
  const char *least = sund_text(t->ctx, "%g", one->min_ha), *max = span(t, one, one->max);
  if (!ha || !least || !max) return NULL;
  if (miss->test == MISS_SIZE) return explain_fill(t->ctx, teller_word(t, WORD_MISS_SIZE), ha, least, NULL);
  if (miss->test == MISS_WAY) return explain_fill(t->ctx, teller_word(t, WORD_MISS_WAY), max, NULL);
  return explain_label(explain_tests_said, explain_miss_names[miss->test], t->language);
}

static sund_code tell_misses(teller *t, const access_case *one) {
  if (one->met != 0 || !t->facts->placed) return SUND_OK;
  if (!one->misses) {
    const char *looked = sund_text(t->ctx, "%.0f", 2 * one->max_m);
    if (!looked) return SUND_LIMIT;
    TRY(say(t, WORD_NO_MISS, looked, NULL));
    return SUND_OK;
  }
  TRY(say(t, WORD_MISSES, NULL));
  for (size_t k = 0; k < one->misses; k++) {
    const char *metres = column(t, one->miss[k].metres), *name = teller_green(t, one->miss[k].green);
    const char *why = teller_miss(t, one, &one->miss[k]);
    if (!metres || !name || !why) return SUND_LIMIT;
    TRY(say(t, WORD_MISS, metres, name, why, NULL));
  }
  return SUND_OK;
}

/* ------------------------------------------------------------------------------------------------------------ all */

sund_code explain_access_tell(sund_ctx *ctx, const void *given, int language, explain_answer *out) {
  const access_facts *facts = given;
  teller t = {.ctx = ctx, .facts = facts, .language = language, .out = out};
  const explain_home home = {.rows = facts->homes, .id = facts->id, .row = facts->row, .worst = facts->worst};
  TRY(explain_home_tell(ctx, facts->question, &home, language, out));
  for (size_t i = 0; i < facts->cases; i++) {
    const access_case *one = &facts->one[i];
    TRY(tell_standard(&t, one));
    TRY(tell_verdict(&t, one));
    TRY(tell_green(&t, one));
    TRY(tell_way(&t, one));
    TRY(tell_others(&t, one));
    TRY(tell_misses(&t, one));
  }
  return teller_draw(&t);
}
