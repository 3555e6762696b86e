/* access_tables.c - what `access` gives back beside the maps: access_curve, access_worst, access_standards. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"

static const sund_field curve_fields[] = {
    {"area_id", SUND_TEXT, NULL, {"område", "område", "area"}, NULL},
    {"standard", SUND_TEXT, NULL, {"standard", "standard", "standard"}, NULL},
    {"dist_m", SUND_REAL, "m", {"afstand", "avstånd", "distance"}, NULL},
    {"share_pct",
     SUND_REAL,
     "%",
     {"andel inden for afstanden", "andel inom avståndet", "share within the distance"},
     NULL},
};

static const char *unit_id(const access_run *run, size_t u) {
  const sund_table *areas = run->in->role[SUND_AREAS];
  return areas ? sund_table_text(areas, "id")[u] : "all";
}

static sund_code curve_table(sund_ctx *ctx, access_run *run, const access_figures *kept) {
  size_t units = units_count(run->in), n = 0;
  sund_table *table;
  TRY(sund_table_new(ctx, "access_curve", SUND_NONE, units * run->standards * CURVE_STEPS, curve_fields, 4, &table));
  for (size_t u = 0; u < units; u++)
    for (size_t a = 0; a < run->standards; a++)
      for (size_t s = 0; s < CURVE_STEPS; s++, n++) {
        const access_figures *f = &kept[u * run->standards + a];
        bool hidden = f->persons < run->options->suppress;
        table->column[0].text[n] = unit_id(run, u);
        table->column[1].text[n] = run->answer[a].variant;
        table->column[2].real[n] = run->answer[a].max * (double)s / CURVE_TENTHS;
        table->column[3].real[n] = hidden ? NAN : f->curve[s];
      }
  return sund_results_layer(ctx, run->out,
                            (sund_layer){.table = table,
                                         .title = {"Andel efter afstand", "Andel efter avstånd", "Share by distance"},
                                         .summary = {"Andel af de vurderede inden for hver afstand",
                                                     "Andel av de bedömda inom varje avstånd",
                                                     "Share of the assessed within each distance"}});
}

enum { WORST = 10 };

typedef struct far_home {
  double metres; /* INFINITY = reaches nothing */
  size_t home;
} far_home;

static int by_far(const void *left, const void *right) {
  const far_home *a = left, *b = right;
  if (a->metres != b->metres) return a->metres > b->metres ? -1 : 1;
  return a->home < b->home ? -1 : a->home > b->home;
}

static const sund_field worst_fields[] = {
    {"standard", SUND_TEXT, NULL, {"standard", "standard", "standard"}, NULL},
    {"area_id", SUND_TEXT, NULL, {"område", "område", "area"}, NULL},
    {"rank", SUND_INT, NULL, {"nummer", "nummer", "rank"}, NULL},
    {"home_id", SUND_TEXT, NULL, {"hjem", "hem", "home"}, NULL},
    {"persons", SUND_REAL, "persons", {"personer", "personer", "persons"}, NULL},
    {"dist_m", SUND_REAL, "m", {"afstand", "avstånd", "distance"}, NULL},
};
static const sund_class worst_classes[] = {{0, 0, NULL, "#c92a2a", {"længst væk", "längst bort", "farthest away"}}};

/* The homes of a unit that live farthest; those that reach nothing come first. */
static sund_code worst_of(sund_ctx *ctx, access_run *run, size_t u, size_t a, sund_table *table, size_t *n) {
  const access_answer *answer = &run->answer[a];
  const double *metres = answer->target->by[answer->way].metres;
  size_t room = run->first[u + 1] - run->first[u], count = 0;
  sund_ctx *scratch = sund_ctx_child(ctx);
  if (!scratch) return SUND_LIMIT;
  far_home *far = sund_alloc(scratch, room, sizeof *far);
  for (size_t k = 0; far && k < room; k++) {
    size_t i = run->list[run->first[u] + k];
    if (answer->met[i] == 0 && run->homes->persons[i] > 0)
      far[count++] = (far_home){isnan(metres[i]) ? INFINITY : metres[i], i};
  }
  if (count) qsort(far, count, sizeof *far, by_far);
  for (size_t k = 0; far && k < count && k < WORST; k++, ++*n) {
    size_t i = far[k].home;
    table->column[0].text[*n] = answer->variant;
    table->column[1].text[*n] = unit_id(run, u);
    table->column[2].integer[*n] = (int64_t)k + 1;
    table->column[3].text[*n] = access_home_id(ctx, run, i);
    table->column[4].real[*n] = run->homes->persons[i];
    table->column[5].real[*n] = isinf(far[k].metres) ? NAN : far[k].metres;
    table->x[*n] = run->homes->x[i], table->y[*n] = run->homes->y[i];
  }
  sund_ctx_pass(ctx, scratch);
  sund_ctx_free(scratch);
  return sund_failure(ctx, NULL, NULL, NULL);
}

static sund_code worst_layer(sund_ctx *ctx, access_run *run) {
  size_t units = units_count(run->in), n = 0;
  sund_table *table;
  sund_style *style;
  if (run->way == BY_TABLE) return SUND_OK;
  TRY(sund_table_new(ctx, "access_worst", SUND_POINT, units * run->standards * WORST, worst_fields, 6, &table));
  for (size_t u = 0; u < units; u++)
    for (size_t a = 0; a < run->standards; a++) TRY(worst_of(ctx, run, u, a, table, &n));
  table->rows = n;
  TRY(access_styled(ctx, NULL, false, worst_classes, 1, &style));
  style->size_mm = 2.2;
  return sund_results_layer(ctx, run->out,
                            (sund_layer){.table = table,
                                         .style = style,
                                         .indexed = true,
                                         .title = {"Længst fra natur", "Längst från natur", "Farthest from nature"},
                                         .summary = {"De ti hjem pr. område og standard der bor længst væk",
                                                     "De tio hem per område och standard som ligger längst bort",
                                                     "The ten homes of every area and standard that lie farthest"}});
}

/* --------------------------------------------------------------------------------------------------- standards */

static const sund_field standard_columns[] = {
    {"standard", SUND_TEXT, NULL, {"standard", "standard", "standard"}, NULL},
    {"title", SUND_TEXT, NULL, {"titel", "titel", "title"}, NULL},
    {"source", SUND_TEXT, NULL, {"kilde", "källa", "source"}, NULL},
    {"kinds", SUND_TEXT, NULL, {"slags", "slag", "kinds"}, NULL},
    {"access", SUND_TEXT, NULL, {"adgang", "tillträde", "access"}, NULL},
    {"min_ha", SUND_REAL, "ha", {"mindste areal", "minsta areal", "smallest area"}, NULL},
    {"max_m", SUND_REAL, "m", {"største afstand", "största avstånd", "largest distance"}, NULL},
    {"distance", SUND_TEXT, NULL, {"afstand", "avstånd", "distance"}, NULL},
    {"snap_limit_m", SUND_REAL, "m", {"længste vej til sti", "längsta väg till stig", "farthest to a path"}, NULL},
    {"method", SUND_TEXT, NULL, {"metode", "metod", "method"}, NULL},
};

/* Words of a column's choices whose bits are set. */
static const char *words_of(sund_ctx *ctx, const access_run *run, const char *column, uint32_t bits) {
  const sund_column *c = sund_table_column(run->in->role[SUND_GREEN], column);
  const sund_choice *choices = c ? c->field.choices : NULL;
  const char *text = "";
  for (uint32_t k = 0; text && choices && choices[k].value; k++)
    if (bits >> k & 1) text = sund_text(ctx, "%s%s%s", text, *text ? ", " : "", choices[k].value);
  return text;
}

static sund_code standards_table(sund_ctx *ctx, access_run *run) {
  static const char *const way_name[WAYS] = {"straight", "land", "network", "table"};
  enum { COLUMNS = sizeof standard_columns / sizeof *standard_columns };
  sund_table *table;
  TRY(sund_table_new(ctx, "access_standards", SUND_NONE, run->standards, standard_columns, COLUMNS, &table));
  for (size_t a = 0; a < run->standards; a++) {
    const access_answer *answer = &run->answer[a];
    const sund_standard *s = answer->standard;
    const char *text[COLUMNS] = {s->name,
                                 s->title[SUND_EN],
                                 s->source,
                                 words_of(ctx, run, "kind", s->kinds),
                                 words_of(ctx, run, "access", s->access),
                                 NULL,
                                 NULL,
                                 way_name[answer->way],
                                 NULL,
                                 access_method(ctx, run, answer)};
    if (!text[3] || !text[4] || !text[9]) return SUND_LIMIT;
    for (size_t c = 0; c < COLUMNS; c++)
      if (table->column[c].text) table->column[c].text[a] = text[c];
    table->column[5].real[a] = s->min_ha;
    table->column[6].real[a] = access_reach_m(s, run->options);
    table->column[8].real[a] = run->way == BY_NETWORK || run->way == BY_LAND ? run->options->snap_limit_m : NAN;
  }
  return sund_results_layer(
      ctx, run->out,
      (sund_layer){.table = table,
                   .title = {"Standarder", "Standarder", "Standards"},
                   .summary = {"Hvad der blev spurgt om", "Vad som frågades", "What was asked"}});
}

sund_code access_tables(sund_ctx *ctx, access_run *run, const access_figures *kept) {
  TRY(worst_layer(ctx, run));
  TRY(curve_table(ctx, run, kept));
  return standards_table(ctx, run);
}
